package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/gateway"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/infra/local/stack"
	"github.com/arxkeys/arxkeys/infra/template"
)

// httpAPI serves http-api/template.yaml as infra/local serves template.yaml: the authorizer and the function are the
// binaries that are deployed, and the authorizer reads the table of make run.
func httpAPI(ctx context.Context, e example) error {
	read, err := template.Read(filepath.Join(e.root, "infra/examples/http-api/template.yaml"), template.Options{
		Parameters: map[string]string{"ArxkeysTable": stack.DefaultTable, "ArxId": e.arx, "Tenant": e.tenant},
		Attributes: map[string]string{"AWS::Partition": "aws", "AWS::Region": engine.Region, "AWS::AccountId": "000000000000"},
		NoTable:    true,
	})
	if err != nil {
		return err
	}
	address, err := os.ReadFile(filepath.Join(e.dataDir, stack.EngineFile))
	if err != nil {
		return err
	}
	data, err := engine.At(strings.TrimSpace(string(address)))
	if err != nil {
		return err
	}
	functions := map[string]*lambda.Function{}
	for _, f := range read.Functions {
		binary, err := built(ctx, e.root, f)
		if err != nil {
			return err
		}
		environment := map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": data.Endpoint, "AWS_ACCESS_KEY_ID": data.AccessKey, "AWS_SECRET_ACCESS_KEY": engine.SecretKey}
		for name, value := range f.Environment {
			environment[name] = value
		}
		function := lambda.New(lambda.Config{
			Name: f.LogicalID, Binary: binary, Environment: environment, Region: engine.Region, Timeout: f.Timeout, MemoryMB: f.MemoryMB,
			Output: func(line string) { fmt.Println(line) },
		})
		defer function.Stop()
		functions[f.LogicalID] = function
	}
	protects := read.Authorizers[0]
	authorizer, err := gateway.NewAuthorizer(protects.Function, protects.Identity, protects.TTL, functions[protects.Function].Invoke)
	if err != nil {
		return err
	}
	var routes []gateway.Route
	for _, f := range read.Functions {
		for _, r := range f.Routes {
			routes = append(routes, gateway.Route{Method: r.Method, Path: r.Path, Function: f.Name(), Invoke: functions[f.LogicalID].Invoke, Authorizer: authorizer})
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+e.port)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: gateway.New(routes, nil), ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: gateway.MaxHeaderBytes}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(listener); ctx.Err() == nil {
		return err
	}
	return nil
}

// built builds a function of the template, and returns the path of its binary.
func built(ctx context.Context, root string, f template.Function) (string, error) {
	name, ours := strings.CutPrefix(f.CodeURI, "build/examples/")
	if !ours {
		_, err := build.Functions(ctx, root, []string{f.Name()}, nil)
		return build.Binary(root, f.Name()), err
	}
	binary := filepath.Join(root, build.Folder, "examples", name, "bootstrap")
	cmd, err := build.Command(ctx, root, "-o", binary, "./infra/examples/"+name)
	if err != nil {
		return "", err
	}
	cmd.Stderr = os.Stderr
	return binary, cmd.Run()
}
