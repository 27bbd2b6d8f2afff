package architecture

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPartitionsThatGrow lists what bounds each partition of the table. DynamoDB splits a partition key that exceeds
// 10 GB only in a table without local secondary indexes: before you add one, bound every partition that grows here.
func TestPartitionsThatGrow(t *testing.T) {
	const (
		one     = "one item"
		record  = "the time that a record's items are kept"
		tenant  = "grows with the tenant"
		byParts = "grows with the tenant's applications and Arxes, and with its keys that expire"
	)
	want := map[string]string{
		"Application": tenant, "Arx": tenant, "Name": tenant, "ManagementKeyRow": tenant, "Parent": tenant,
		"KeyRow": tenant, "DeletedKeyRow": tenant, "KeyIndex": tenant, "LatestUse": tenant, "TenantEvent": tenant,
		"Count": byParts, "Settling": byParts, "Expiring": byParts,
		"ResourceEvent": record, "UseDay": record,
		"DefaultArx": one, "RollUp": one, "Credential": one, "Gate": one, "Limit": one, "ManagementCredential": one, "LastUse": one, "Request": one, "StampKey": one,
	}
	found := map[string]bool{}
	files, err := filepath.Glob("../../shared/store/table/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
				continue
			}
			if result, ok := f.Type.Results.List[0].Type.(*ast.Ident); ok && result.Name == "Key" {
				found[f.Name.Name] = true
			}
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(found))); diff != "" {
		t.Errorf("document what bounds the partition (-documented +found):\n%s", diff)
	}
	template, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(template, []byte("LocalSecondaryIndexes")) {
		t.Error("template.yaml: a local secondary index limits every partition key to 10 GB")
	}
}
