package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const root = "../.."

// The probe asks and understands with the trimmed SDK what it does with the whole one: requests, answers, errors, and
// the endpoints of regions.
func TestTrimmedClientDoesWhatTheWholeOneDoes(t *testing.T) {
	modfile, err := trimmed(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	probe := func(arguments ...string) []string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "go", append(append([]string{"run"}, arguments...), "./infra/sdk/testdata/probe")...)
		cmd.Dir = root
		var complaint bytes.Buffer
		cmd.Stderr = &complaint
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v\n%s", arguments, err, complaint.String())
		}
		return strings.Split(string(out), "\n")
	}
	want, got := probe(), probe("-modfile="+modfile)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-whole +trimmed):\n%s", diff)
	}
	if len(want) < 200 {
		t.Errorf("the probe shows little: %d lines", len(want))
	}
}

// Whatever error the SDK knows is described, and of operations what the table's client asks for.
func TestOnlyWhatIsAskedForIsDescribed(t *testing.T) {
	modfile, err := trimmed(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, modfile))
	if err != nil {
		t.Fatal(err)
	}
	_, folder, _ := strings.Cut(string(mod), module+" => ")
	folder = filepath.Join(root, strings.TrimSpace(folder))
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	schemas := read("schemas/schemas.go")
	is := func(name string, described bool) {
		t.Helper()
		if got := strings.Contains(schemas, "\nvar "+name+" = smithy.NewSchema("); got != described {
			t.Errorf("%s is described: %t", name, got)
		}
	}
	for _, name := range []string{"GetItemInput", "BatchGetItemOutput", "Query", "UpdateItemInput", "TransactWriteItemsInput", "AttributeValue"} {
		is(name, true)
	}
	for _, name := range []string{"CreateTableInput", "ScanOutput", "DescribeTable", "_BackupName"} {
		is(name, false)
	}
	errors := 0
	for part := range strings.SplitSeq(read("type_registry.go"), "Schema: schemas.") {
		if name, rest, ok := strings.Cut(part, ","); ok && strings.Contains(rest, "New:") {
			errors++
			is(name, true)
		}
	}
	if errors < 20 {
		t.Errorf("%d errors", errors)
	}
}

func TestAnotherDescriptionIsRefused(t *testing.T) {
	const good = "package schemas\nvar GetItem = smithy.NewSchema(1)\nvar GetItemInput = smithy.NewSchema(2)\nvar GetItemOutput = smithy.NewSchema(3)\n" +
		"var GetItemInput_Key *smithy.Schema\nvar Scan = smithy.NewSchema(4)\nvar Scan_Key *smithy.Schema\n" +
		"func init() {\nGetItemInput_Key = GetItemInput.AddMember(\"Key\", GetItem)\nScan_Key = Scan.AddMember(\"Key\", GetItem)\n}\n"
	got, err := describeOnly([]byte(good), []string{"GetItem"})
	want := strings.NewReplacer("var Scan = smithy.NewSchema(4)", "var Scan *smithy.Schema", "Scan_Key = Scan.AddMember(\"Key\", GetItem)", "").Replace(good)
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for name, other := range map[string]string{
		"no operation":       strings.ReplaceAll(good, "GetItemOutput", "GotItem"),
		"several of one var": strings.Replace(good, "var GetItem =", "var GetItem, Other =", 1),
		"a constant":         good + "const one = 1\n",
		"another statement":  strings.Replace(good, "func init() {", "func init() { fill()", 1),
		"another method":     strings.Replace(good, "Scan.AddMember", "Scan.Add", 1),
		"another function":   good + "func fill() {}\n",
		"no init":            good[:strings.Index(good, "func")],
	} {
		if _, err := describeOnly([]byte(other), []string{"GetItem"}); !errors.Is(err, errLooks) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := withoutPartitions([]byte("package endpoints")); !errors.Is(err, errLooks) {
		t.Errorf("patterns: %v", err)
	}
	if _, err := methods([]byte("package table\ntype client struct{}"), "client"); err == nil {
		t.Error("no interface, and no error")
	}
}
