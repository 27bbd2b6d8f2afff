package fill

import (
	"context"
	"os"
	"path/filepath"

	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/template"
)

// DataDir creates the database of an engine in the data directory, with a table that contains the tenants. If it is
// stopped and called again with the same tenants, it continues where it stopped. If the directory has a database,
// that is an error.
func DataDir(ctx context.Context, root, dir, name string, tenants ...Tenant) error {
	// Only the table of the template is used, so the values do not matter.
	t, err := template.Read(filepath.Join(root, "template.yaml"), template.Options{Attributes: map[string]string{
		"Table": name, "Table.Arn": "arn", "UserPool": "pool", "UserPool.ProviderURL": "https://pool.example", "UserPoolClient": "client", "CommandLineClient": "line", "AWS::StackName": "stack",
	}})
	if err != nil {
		return err
	}
	e, err := engine.Start(ctx, engine.Config{Root: root})
	if err != nil {
		return err
	}
	defer e.Stop()
	if err := e.EnsureTable(ctx, name, t.Table); err != nil {
		return err
	}
	exported := filepath.Join(dir, "fill")
	if err := Export(ctx, e.Client(), name, exported, tenants...); err != nil {
		return err
	}
	if err := engine.Import(ctx, root, dir, name, t.Table, Source(exported)); err != nil {
		return err
	}
	return os.RemoveAll(exported)
}
