package engine

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/infra/template"
)

const root = "../../.."

// startIn returns an engine on the directory. It skips the test if there is no engine on this machine.
func startIn(t *testing.T, dir string) *Engine {
	t.Helper()
	if _, err := Find(root); err != nil {
		t.Skip(err)
	}
	e, err := Start(t.Context(), Config{Root: root, DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Stop)
	return e
}

func definition() template.Table {
	return template.Table{
		PartitionKey: template.Attribute{Name: "pk", Type: "S"}, SortKey: template.Attribute{Name: "sk", Type: "S"}, TTLAttribute: "ttl",
		Indexes: []template.Index{{
			Name: "byExpiry", PartitionKey: template.Attribute{Name: "shard", Type: "S"}, SortKey: template.Attribute{Name: "at", Type: "N"},
			Projection: "KEYS_ONLY",
		}},
	}
}

func TestTableIsCreatedFromTheTemplateAndSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	e := startIn(t, dir)
	if err := e.EnsureTable(t.Context(), "arxkeys", definition()); err != nil {
		t.Fatal(err)
	}
	item := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "a"}, "sk": &types.AttributeValueMemberS{Value: "b"}}
	if _, err := e.Client().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("arxkeys"), Item: item}); err != nil {
		t.Fatal(err)
	}
	e.Stop()

	e = startIn(t, dir)
	if err := e.EnsureTable(t.Context(), "arxkeys", definition()); err != nil {
		t.Fatal(err)
	}
	got, err := e.Client().GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("arxkeys"), Key: item})
	if err != nil || len(got.Item) != 2 {
		t.Errorf("after a restart the item is %v, %v", got, err)
	}
	ttl, err := e.Client().DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: aws.String("arxkeys")})
	if err != nil || aws.ToString(ttl.TimeToLiveDescription.AttributeName) != "ttl" {
		t.Errorf("time to live is %+v, %v", ttl, err)
	}
	there, err := describe(t.Context(), e.Client(), "arxkeys")
	if err != nil || len(there.GlobalSecondaryIndexes) != 1 {
		t.Errorf("the table is %+v, %v", there, err)
	}
}

func TestOnlyTheOwnerCanReadTheFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	modes := func(when string) {
		t.Helper()
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) < 3 { // the database, its write-ahead log and its shared memory
			t.Fatalf("%s there is %v, %v", when, entries, err)
		}
		for _, entry := range entries {
			if info, err := entry.Info(); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s %s has the mode %v, %v", when, entry.Name(), info.Mode(), err)
			}
		}
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s the folder has the mode %v, %v", when, info.Mode(), err)
		}
	}
	e := startIn(t, dir)
	if err := e.EnsureTable(t.Context(), "arxkeys", definition()); err != nil {
		t.Fatal(err)
	}
	modes("at first")
	e.Kill() // so that its other files remain
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, path := range append(files, dir) {
		if err := os.Chmod(path, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	e = startIn(t, dir)
	if err := e.EnsureTable(t.Context(), "arxkeys", definition()); err != nil {
		t.Fatal(err)
	}
	modes("after everyone could read them")
}

func TestNewIndexIsAddedToAnExistingTable(t *testing.T) {
	e := startIn(t, t.TempDir())
	old := definition()
	old.Indexes = nil
	for _, d := range []template.Table{old, definition()} {
		if err := e.EnsureTable(t.Context(), "arxkeys", d); err != nil {
			t.Fatal(err)
		}
	}
	there, err := describe(t.Context(), e.Client(), "arxkeys")
	if err != nil || len(there.GlobalSecondaryIndexes) != 1 {
		t.Errorf("the indexes are %+v, %v", there.GlobalSecondaryIndexes, err)
	}
}

func TestTableWithOtherKeysIsAnError(t *testing.T) {
	e := startIn(t, t.TempDir())
	if err := e.EnsureTable(t.Context(), "arxkeys", definition()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*template.Table)
		want   string
	}{
		{"another sort key", func(d *template.Table) { d.SortKey.Name = "range" }, "the table arxkeys has the keys pk (S), sk (S), and template.yaml defines pk (S), range (S)"},
		{"another type", func(d *template.Table) { d.PartitionKey.Type = "B" }, "template.yaml defines pk (B), sk (S)"},
		{"no sort key", func(d *template.Table) { d.SortKey = template.Attribute{} }, "template.yaml defines pk (S): "},
		{"another index", func(d *template.Table) { d.Indexes[0].SortKey.Type = "S" }, "the index byExpiry of the table arxkeys has the keys shard (S), at (N)"},
		{"another expiry", func(d *template.Table) { d.TTLAttribute = "until" }, "expires by ttl, and template.yaml says until"},
	} {
		d := definition()
		c.change(&d)
		if err := e.EnsureTable(t.Context(), "arxkeys", d); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v", c.name, err)
		}
	}
}

func TestRunningEngineIsUsedAndLeftRunning(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	e, err := Start(t.Context(), Config{Endpoint: server.URL + "/"})
	if err != nil {
		t.Fatal(err)
	}
	e.Stop()
	if e.Endpoint != server.URL || e.AccessKey != AnyAccessKey || e.Exited() != nil {
		t.Errorf("the engine is %+v", e)
	}
}

// TestNpmIsAskedForTheEngineOfAnotherPlatform runs the same script as make run, on a copy, with an npm that records
// what it is asked for and has no packages: which platforms the real registry has is not under test.
func TestNpmIsAskedForTheEngineOfAnotherPlatform(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip(err)
	}
	dir, tools := t.TempDir(), t.TempDir()
	for name, mode := range map[string]os.FileMode{"engine.sh": 0o700, "package.json": 0o600} {
		text, err := os.ReadFile(filepath.Join(root, "infra", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(tools, "npm"), []byte("#!/bin/sh\nfor last; do :; done\necho \"$last\" >"+filepath.Join(dir, "asked")+"\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", tools+":"+os.Getenv("PATH"))
	t.Setenv("DYNOXIDE", "")
	t.Setenv("DYNAMODB_ENDPOINT", "")
	said, err := exec.Command(filepath.Join(dir, "engine.sh"), "plan9-mips").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(said), "npm has no @dynoxide/plan9-mips@1.") || strings.Count(string(said), "\n") != 1 {
		t.Errorf("it prints %q, %v", said, err)
	}
	if asked, err := os.ReadFile(filepath.Join(dir, "asked")); err != nil || !strings.HasPrefix(string(asked), "@dynoxide/plan9-mips@1.") {
		t.Errorf("npm is asked for %q, %v", asked, err)
	}
	t.Setenv("DYNAMODB_ENDPOINT", "http://127.0.0.1:8000")
	if said, err := exec.Command(filepath.Join(dir, "engine.sh"), "plan9-mips").CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("with another engine in the environment it prints %q, %v", said, err)
	}
}

func TestErrorForAMissingEngineSaysWhatToDo(t *testing.T) {
	t.Setenv("DYNOXIDE", "")
	t.Setenv("PATH", t.TempDir())
	_, err := Start(t.Context(), Config{Root: t.TempDir(), DataDir: t.TempDir()})
	for _, want := range []string{"there is no DynamoDB engine: ", "@dynoxide/", "DYNOXIDE", "DYNAMODB_ENDPOINT"} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("the error is not one line with %q: %v", want, err)
		}
	}
	t.Setenv("DYNOXIDE", "/nowhere/dynoxide")
	if _, err := Find(root); err == nil || !strings.Contains(err.Error(), "$DYNOXIDE") {
		t.Errorf("the error is %v", err)
	}
	if _, err := Start(t.Context(), Config{Endpoint: "http://127.0.0.1:1"}); err == nil || !strings.Contains(err.Error(), "no engine responds at DYNAMODB_ENDPOINT") {
		t.Errorf("the error is %v", err)
	}
	t.Setenv("DYNOXIDE", "/bin/false")
	if _, err := Start(t.Context(), Config{DataDir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "/bin/false does not start: it exited at once") {
		t.Errorf("the error is %v", err)
	}
}
