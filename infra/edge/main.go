// Command edge serves the console and the API as the CloudFront distribution of template.yaml does: it takes behaviors,
// functions, policies and headers from the template. It is for tests, and stands in front of infra/local.
//
//	go run ./infra/edge -port 8090 -site build/console -api http://127.0.0.1:8080 [-from 127.0.0.2] Name=value…
//
// The site is a folder that console/site has built without -fast. The console's configuration is that of the API's
// address. The names are parameters of the template. Calls of the API come from the address -from.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "edge: "+err.Error())
		os.Exit(1)
	}
}

// run serves until the context ends.
func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("edge", flag.ContinueOnError)
	port := flags.Int("port", 8090, "port on 127.0.0.1")
	site := flags.String("site", "build/console", "folder of the console, built without -fast")
	api := flags.String("api", "http://127.0.0.1:8080", "address of infra/local")
	from := flags.String("from", "", "address that calls of the API come from")
	file := flags.String("template", "template.yaml", "the template")
	if err := flags.Parse(args); err != nil {
		return err
	}
	parameters := map[string]string{}
	for _, pair := range flags.Args() {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return fmt.Errorf("%q is not Name=value", pair)
		}
		parameters[name] = value
	}
	d, err := readDistribution(*file, parameters)
	if err != nil {
		return err
	}
	gateway, err := url.Parse(*api)
	if err != nil {
		return err
	}
	configuration, err := fetchConfiguration(*api)
	if err != nil {
		return err
	}
	objects, err := newBucket(*site, configuration)
	if err != nil {
		return err
	}
	bucket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer bucket.Close()
	go http.Serve(bucket, objects)
	at := &url.URL{Scheme: "http", Host: bucket.Addr().String()}
	functions, err := startRuntime(ctx)
	if err != nil {
		return err
	}
	defer functions.stop()
	e := newEdge(d, functions, map[string]*url.URL{bucketDomain: at, apiDomain: gateway}, *from)
	e.log = func(line string) { fmt.Println(line) }

	listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(*port))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: e}
	context.AfterFunc(ctx, func() { server.Close() })
	fmt.Printf("the edge is at http://%s\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// fetchConfiguration returns the console's configuration.
func fetchConfiguration(api string) ([]byte, error) {
	res, err := http.Get(api + "/config.json")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s/config.json: %s", api, res.Status)
	}
	return io.ReadAll(res.Body)
}
