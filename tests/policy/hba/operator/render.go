//go:build ignore

// Renders pg_hba.conf files with CloudNativePG's own code. It reads a JSON list of questions from standard input and
// writes the list of files to standard output.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/cloudnative-pg/cloudnative-pg/pkg/postgres"
)

type question struct {
	Items     []string            `json:"items"`
	Selectors map[string][]string `json:"selectors"`
	LDAP      string              `json:"ldap"`
}

func main() {
	var questions []question
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		log.Fatal(err)
	}
	files := make([]string, 0, len(questions))
	for _, asked := range questions {
		file, err := postgres.CreateHBARules(asked.Items, postgres.HBAOptions{
			DefaultAuthenticationMethod: "scram-sha-256",
			LDAPConfigString:            asked.LDAP,
			SelectorIPs:                 asked.Selectors,
		})
		if err != nil {
			log.Fatal(err)
		}
		files = append(files, file)
	}
	if err := json.NewEncoder(os.Stdout).Encode(files); err != nil {
		log.Fatal(err)
	}
}
