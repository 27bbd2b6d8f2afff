package main

import (
	"context"
	"fmt"

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

// serve runs an engine with the sample data until the context ends.
func serve(ctx context.Context) error {
	dataset, err := examples.Recorded()
	if err != nil {
		return err
	}
	definition, err := template.Read("template.yaml", template.Options{Attributes: attributes})
	if err != nil {
		return fmt.Errorf("%w: %s", err, usage)
	}
	e, err := engine.Start(ctx, engine.Config{Root: ".", Port: port, Hosts: []string{"host.docker.internal"}, Public: true})
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
