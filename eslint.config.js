import tseslint from "typescript-eslint";
import pulumi from "@pulumi/eslint-plugin";

export default tseslint.config(
  { ignores: ["**/dist/", "**/*.js"] },
  tseslint.configs.strictTypeChecked,
  { plugins: { "@pulumi": pulumi }, rules: { "@pulumi/no-output-in-template-literal": "error" } },
  { languageOptions: { parserOptions: { project: true } } },
);
