package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/infra/local/private"
	"github.com/arxkeys/arxkeys/infra/template"
)

// Import creates a database in the data directory, with the named table and the items of the exports in the folder.
// It is atomic: after an error there is no database. A directory that has a database is an error. The engine must not
// run on the directory.
func Import(ctx context.Context, root, dataDir, name string, definition template.Table, from string) error {
	binary, err := Find(root)
	if err != nil {
		return err
	}
	if err := private.Folder(dataDir); err != nil {
		return err
	}
	file := filepath.Join(dataDir, FileName)
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("import into %s: there is a database already: use another folder", dataDir)
	}
	schema, err := json.Marshal(describing(name, definition))
	if err != nil {
		return err
	}
	described := filepath.Join(dataDir, "schema.json")
	if err := private.Write(described, schema); err != nil {
		return err
	}
	defer os.Remove(described)
	next := file + ".next"
	cmd := exec.CommandContext(ctx, binary, "import", "--source", from, "--schema", described, "--output", next, "--force")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("import %s: %w: %s", from, err, out)
	}
	if err := private.Files(next); err != nil {
		return err
	}
	return os.Rename(next, file)
}

// describing returns the table in the format of DescribeTable.
func describing(name string, d template.Table) any {
	type index struct {
		IndexName  string
		KeySchema  []types.KeySchemaElement
		Projection *types.Projection
	}
	table := struct {
		TableName              string
		KeySchema              []types.KeySchemaElement
		AttributeDefinitions   []types.AttributeDefinition
		GlobalSecondaryIndexes []index `json:",omitempty"`
	}{TableName: name, KeySchema: schema(d.PartitionKey, d.SortKey), AttributeDefinitions: attributes(d)}
	for _, i := range d.Indexes {
		table.GlobalSecondaryIndexes = append(table.GlobalSecondaryIndexes, index{i.Name, schema(i.PartitionKey, i.SortKey), projection(i)})
	}
	return map[string]any{"Table": table}
}
