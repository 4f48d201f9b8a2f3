// Asks a Hetzner Cloud API through Hetzner's own client, and prints what each step came to as JSON.
package main

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"strings"
	"time"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	client := hcloud.NewClient(
		hcloud.WithEndpoint(os.Getenv("HCLOUD_ENDPOINT")),
		hcloud.WithToken(os.Getenv("HCLOUD_TOKEN")),
		hcloud.WithPollOpts(hcloud.PollOpts{BackoffFunc: hcloud.ConstantBackoff(20 * time.Millisecond)}),
		hcloud.WithRetryOpts(hcloud.RetryOpts{BackoffFunc: hcloud.ConstantBackoff(20 * time.Millisecond), MaxRetries: 5}),
	)
	results := map[string]string{}
	note := func(step string, err error) {
		results[step] = "ok"
		if apiError, is := err.(hcloud.Error); is {
			results[step] = string(apiError.Code)
		} else if err != nil {
			results[step] = err.Error()
		}
	}
	run(ctx, client, note)
	_ = json.NewEncoder(os.Stdout).Encode(results)
}

func run(ctx context.Context, client *hcloud.Client, note func(string, error)) {
	_, ipRange, _ := net.ParseCIDR("10.0.0.0/16")
	_, subnetRange, _ := net.ParseCIDR("10.0.255.0/24")
	network, _, err := client.Network.Create(ctx, hcloud.NetworkCreateOpts{Name: "k3s", IPRange: ipRange})
	note("network", err)
	if err != nil {
		return
	}
	action, _, err := client.Network.AddSubnet(ctx, network, hcloud.NetworkAddSubnetOpts{Subnet: hcloud.NetworkSubnet{
		Type: hcloud.NetworkSubnetTypeCloud, IPRange: subnetRange, NetworkZone: hcloud.NetworkZoneEUCentral}})
	note("subnet", wait(ctx, client, action, err))
	_, _, err = client.Network.Create(ctx, hcloud.NetworkCreateOpts{Name: "k3s", IPRange: ipRange})
	note("network of the same name", err)

	firewall, _, err := client.Firewall.Create(ctx, hcloud.FirewallCreateOpts{Name: "k3s", Rules: []hcloud.FirewallRule{{
		Direction: hcloud.FirewallRuleDirectionIn, Protocol: hcloud.FirewallRuleProtocolTCP, Port: hcloud.Ptr("6443"), SourceIPs: []net.IPNet{*subnetRange}}}})
	note("firewall", err)
	group, _, err := client.PlacementGroup.Create(ctx, hcloud.PlacementGroupCreateOpts{Name: "k3s", Type: hcloud.PlacementGroupTypeSpread})
	note("placement group", err)
	address, _, err := client.PrimaryIP.Create(ctx, hcloud.PrimaryIPCreateOpts{Name: "k3s", Type: hcloud.PrimaryIPTypeIPv4, Location: "fsn1"})
	note("primary IP", err)

	create := func(name string, userData string, ip *hcloud.PrimaryIP) (*hcloud.Server, error) {
		public := &hcloud.ServerCreatePublicNet{EnableIPv4: true, IPv4: ip}
		result, _, err := client.Server.Create(ctx, hcloud.ServerCreateOpts{
			Name: name, ServerType: &hcloud.ServerType{Name: "cx33"}, Image: &hcloud.Image{Name: "debian-13"},
			Location: &hcloud.Location{Name: "fsn1"}, UserData: userData, PublicNet: public,
			Firewalls: []*hcloud.ServerCreateFirewall{{Firewall: *firewall.Firewall}}, PlacementGroup: group.PlacementGroup})
		if err != nil {
			return nil, err
		}
		return result.Server, wait(ctx, client, result.Action, nil)
	}
	_, err = create("sold-out", "", nil)
	note("server type that is sold out", err)
	server, err := create("rate-limited", "#cloud-config", address.PrimaryIP)
	note("server, after being rate-limited", err)
	if err != nil {
		return
	}
	_, err = create("too-much", strings.Repeat("x", 32*1024+1), nil)
	note("too much user data", err)
	action, _, err = client.Server.AttachToNetwork(ctx, server, hcloud.ServerAttachToNetworkOpts{Network: network, IP: net.ParseIP("10.0.255.101")})
	if err == nil && action.Status != hcloud.ActionStatusRunning {
		note("actions take time", context.Canceled)
	} else {
		note("actions take time", nil)
	}
	note("attach", wait(ctx, client, action, err))
	found, _, err := client.Server.GetByName(ctx, "rate-limited")
	note("get", err)
	if found == nil || found.PrivateNet[0].IP.String() != "10.0.255.101" || found.PublicNet.IPv4.IP.String() != address.PrimaryIP.IP.String() {
		note("addresses", context.Canceled)
	} else {
		note("addresses", nil)
	}

	loadBalancer(ctx, client, network, note)

	on, off := true, false
	action, _, err = client.Server.ChangeProtection(ctx, server, hcloud.ServerChangeProtectionOpts{Delete: &on, Rebuild: &on})
	note("protect", wait(ctx, client, action, err))
	_, _, err = client.Server.DeleteWithResult(ctx, server)
	note("delete what is protected", err)
	_, err = client.Network.Delete(ctx, network)
	note("delete a network in use", err)
	action, _, err = client.Server.ChangeProtection(ctx, server, hcloud.ServerChangeProtectionOpts{Delete: &off, Rebuild: &off})
	note("unprotect", wait(ctx, client, action, err))
	deleted, _, err := client.Server.DeleteWithResult(ctx, server)
	if err == nil {
		err = wait(ctx, client, deleted.Action, nil)
	}
	note("delete", err)
	_, err = client.PrimaryIP.Delete(ctx, address.PrimaryIP)
	note("delete the primary IP", err)
	_, err = client.PlacementGroup.Delete(ctx, group.PlacementGroup)
	note("delete the placement group", err)
	_, err = client.Firewall.Delete(ctx, firewall.Firewall)
	note("delete the firewall", err)
	_, err = client.Network.Delete(ctx, network)
	note("delete the network", err)
}

func loadBalancer(ctx context.Context, client *hcloud.Client, network *hcloud.Network, note func(string, error)) {
	made, _, err := client.LoadBalancer.Create(ctx, hcloud.LoadBalancerCreateOpts{
		Name: "k3s", LoadBalancerType: &hcloud.LoadBalancerType{Name: "lb11"}, Location: &hcloud.Location{Name: "fsn1"}})
	if err == nil {
		err = wait(ctx, client, made.Action, nil)
	}
	note("load balancer", err)
	if err != nil {
		return
	}
	balancer := made.LoadBalancer
	action, _, err := client.LoadBalancer.AttachToNetwork(ctx, balancer, hcloud.LoadBalancerAttachToNetworkOpts{
		Network: network, IP: net.ParseIP("10.0.255.10")})
	note("attach the load balancer", wait(ctx, client, action, err))
	action, _, err = client.LoadBalancer.DisablePublicInterface(ctx, balancer)
	note("close its public side", wait(ctx, client, action, err))
	action, _, err = client.LoadBalancer.AddLabelSelectorTarget(ctx, balancer, hcloud.LoadBalancerAddLabelSelectorTargetOpts{
		Selector: "role=server", UsePrivateIP: hcloud.Ptr(true)})
	note("target", wait(ctx, client, action, err))
	action, _, err = client.LoadBalancer.AddService(ctx, balancer, hcloud.LoadBalancerAddServiceOpts{
		Protocol: hcloud.LoadBalancerServiceProtocolTCP, ListenPort: hcloud.Ptr(6443), DestinationPort: hcloud.Ptr(6443)})
	note("service", wait(ctx, client, action, err))
	found, _, err := client.LoadBalancer.GetByName(ctx, "k3s")
	if err == nil && (found.PublicNet.Enabled || found.PrivateNet[0].IP.String() != "10.0.255.10" ||
		found.Targets[0].LabelSelector.Selector != "role=server" || found.Services[0].ListenPort != 6443) {
		err = context.Canceled
	}
	note("load balancer as asked", err)
	action, _, err = client.LoadBalancer.DetachFromNetwork(ctx, balancer, hcloud.LoadBalancerDetachFromNetworkOpts{Network: network})
	err = wait(ctx, client, action, err)
	if left, _, found := client.Network.GetByID(ctx, network.ID); err == nil && (found != nil || len(left.LoadBalancers) > 0) {
		err = context.Canceled
	}
	note("detach the load balancer", err)
	_, err = client.LoadBalancer.Delete(ctx, balancer)
	note("delete the load balancer", err)
}

func wait(ctx context.Context, client *hcloud.Client, action *hcloud.Action, err error) error {
	if err != nil {
		return err
	}
	return client.Action.WaitFor(ctx, action)
}
