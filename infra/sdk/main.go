// Command sdk makes a copy of the SDK's DynamoDB client that prepares only what functions ask of it, and prints the
// go.mod to build them with.
//
// The client describes all of DynamoDB's 60 operations to itself, and the names of all regions' endpoints, each time
// that a program starts: a quarter of what a function takes until its first answer, for nothing. Its code is otherwise
// what it was; an operation that was left out would fail.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/arxkeys/arxkeys/console/site/trim"
)

const module = "github.com/aws/aws-sdk-go-v2/service/dynamodb"

// asked is where the interface stands that names the operations that functions ask for.
var asked = filepath.Join("shared", "store", "table", "table.go")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	modfile, err := trimmed(ctx, ".")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(modfile)
}

// trimmed makes the copy for the module in the folder, and returns its go.mod to build with.
func trimmed(ctx context.Context, root string) (modfile string, err error) {
	source, err := os.ReadFile(filepath.Join(root, asked))
	if err != nil {
		return "", err
	}
	operations, err := methods(source, "client")
	if err != nil {
		return "", fmt.Errorf("%s: %w", asked, err)
	}
	edit := func(name string, content []byte) ([]byte, error) {
		switch {
		case name == "schemas/schemas.go":
			return describeOnly(content, operations)
		case name == "internal/endpoints/endpoints.go":
			return withoutPartitions(content)
		}
		return content, nil
	}
	return trim.Module(ctx, root, module, edit, nil)
}
