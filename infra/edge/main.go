// Command edge serves the console and the API as the CloudFront distribution of template.yaml does: it takes behaviors,
// functions, policies and headers from the template. It is for tests, and stands in front of infra/local.
//
//	go run ./infra/edge -port 8090 -site build/console -api http://127.0.0.1:8080 [-from 127.0.0.2] Name=value…
//
// The site is a folder that console/site has built without -fast. The console's configuration is that of infra/local, but
// people sign in at an origin of its own, as with Cognito. So infra/local must run with the parameter
// ConsoleUrl=http://127.0.0.1:8090. The names are parameters of the template. Calls of the API come from the address -from.
//
// With -bucket URL it serves what was uploaded there, with the uploaded configuration.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
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
	uploaded := flags.String("bucket", "", "address of a bucket that the console was uploaded to; replaces -site")
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
	local, err := url.Parse(*api)
	if err != nil {
		return err
	}
	bucketAt, err := url.Parse(*uploaded)
	if err != nil {
		return err
	}
	if *uploaded == "" {
		if bucketAt, err = serveSite(ctx, *site, local, parameters); err != nil {
			return err
		}
	}
	functions, err := startRuntime(ctx)
	if err != nil {
		return err
	}
	defer functions.stop()
	at, err := serve(ctx, *port, func(*url.URL) (http.Handler, error) {
		d, err := readDistribution(*file, parameters)
		if err != nil {
			return nil, err
		}
		e := newEdge(d, functions, map[string]*url.URL{bucketDomain: bucketAt, apiDomain: local}, *from)
		e.log = func(line string) { fmt.Println(line) }
		return e, nil
	})
	if err != nil {
		return err
	}
	fmt.Printf("the edge is at %s\n", at)
	<-ctx.Done()
	return nil
}

// serveSite serves the folder like a bucket, with the configuration of infra/local and a sign-in at an origin of its own,
// to which it sets the parameters.
func serveSite(ctx context.Context, site string, local *url.URL, parameters map[string]string) (*url.URL, error) {
	c, err := fetchConfiguration(local)
	if err != nil {
		return nil, err
	}
	c = c.at(local, signIn(ctx, local))
	parameters["OidcIssuer"], parameters["OidcTokenUrl"] = c["issuer"], c["token_endpoint"]
	return serve(ctx, 0, func(*url.URL) (http.Handler, error) {
		text, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		return newBucket(site, text)
	})
}

// serve serves the handler on the port of 127.0.0.1 until the context ends. The handler is made for its address.
func serve(ctx context.Context, port int, handler func(at *url.URL) (http.Handler, error)) (*url.URL, error) {
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return nil, err
	}
	at := &url.URL{Scheme: "http", Host: l.Addr().String()}
	h, err := handler(at)
	if err != nil {
		l.Close()
		return nil, err
	}
	server := &http.Server{Handler: h}
	context.AfterFunc(ctx, func() { server.Close() })
	go server.Serve(l)
	return at, nil
}
