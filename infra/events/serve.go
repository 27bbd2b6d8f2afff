package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"

	"github.com/arxkeys/arxkeys/infra/events/examples"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/template"
)

// port is the port in env.json.
const port = 8000

// attributes are values that AWS would supply.
var attributes = map[string]string{
	"Table": recordedTable, "Table.Arn": "arn", "UserPool": "pool", "UserPool.ProviderURL": "https://pool.example", "UserPoolClient": "client", "CommandLineClient": "line", "AWS::StackName": "stack",
}

// place is where to listen, and who may connect.
type place struct {
	address netip.Addr
	callers []netip.Prefix // none means everybody
}

// parse returns the place that the arguments of serve choose.
func parse(arguments []string) (place, error) {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	address := flags.String("address", "", "the IP address to listen on, for everybody who reaches it; the default is where containers reach it")
	if err := flags.Parse(arguments); err != nil {
		return place{}, err
	}
	if flags.NArg() > 0 {
		return place{}, errors.New(usage)
	}
	if *address == "" {
		return forContainers(), nil
	}
	at, err := netip.ParseAddr(*address)
	if err != nil {
		return place{}, fmt.Errorf("-address is %q: it must be an IP address, such as 127.0.0.1", *address)
	}
	return place{address: at}, nil
}

// bridge is the network interface of the Docker engine on Linux. Containers reach this machine at its address, which
// Docker calls host-gateway.
const bridge = "docker0"

// forContainers returns where the containers of this machine reach its programs. Without a bridge, that is the loopback
// interface: Docker Desktop forwards host.docker.internal to it.
func forContainers() place {
	if device, err := net.InterfaceByName(bridge); err == nil {
		addresses, _ := device.Addrs()
		for _, a := range addresses {
			if network, err := netip.ParsePrefix(a.String()); err == nil && network.Addr().Is4() {
				return place{address: network.Addr(), callers: append(ownAddresses(), network.Masked())}
			}
		}
	}
	return place{address: netip.AddrFrom4([4]byte{127, 0, 0, 1})}
}

// ownAddresses returns the addresses of this machine. Linux may use any of them for a connection to another one.
func ownAddresses() (own []netip.Prefix) {
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if network, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, netip.PrefixFrom(network.Addr(), network.Addr().BitLen()))
		}
	}
	return own
}

// serve runs an engine with the sample data until the context ends.
func serve(ctx context.Context, at place) error {
	dataset, err := examples.Recorded()
	if err != nil {
		return err
	}
	definition, err := template.Read("template.yaml", template.Options{Attributes: attributes})
	if err != nil {
		return fmt.Errorf("%w: %s", err, usage)
	}
	e, err := engine.Start(ctx, engine.Config{
		Root: ".", Address: at.address, Port: port, Callers: at.callers, Hosts: []string{"host.docker.internal", at.address.String()}, Public: true,
	})
	if err != nil {
		return err
	}
	defer e.Stop()
	if err := e.EnsureTable(ctx, recordedTable, definition.Table); err != nil {
		return err
	}
	if err := dataset.Put(ctx, e.URL(), recordedTable); err != nil {
		return err
	}
	fmt.Println("Serving the sample data on " + e.Endpoint + ", from memory. Ctrl-C stops it.")
	<-ctx.Done()
	return nil
}
