package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/infra/template"
)

func TestEventsAreUpToDate(t *testing.T) {
	want, err := files()
	if err != nil {
		t.Fatal(err)
	}
	there, err := filepath.Glob("*.json")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, name := range there {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got[name] = string(text)
	}
	delete(got, environment)
	texts := map[string]string{}
	for name, event := range want {
		texts[name] = string(event)
	}
	if diff := cmp.Diff(texts, got); diff != "" {
		t.Errorf("the events are outdated: run make events\n%s", diff)
	}
}

func TestWriteRemovesEventsWithoutAnOperation(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"keys-forgotten.json", environment} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(`{}`), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	want, err := files()
	if err != nil {
		t.Fatal(err)
	}
	want[environment] = nil
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), got); diff != "" {
		t.Error(diff)
	}
}

// TestEnvironmentIsDeclaredInTheTemplate checks env.json, because the SAM CLI silently ignores variables that the
// template does not declare.
func TestEnvironmentIsDeclaredInTheTemplate(t *testing.T) {
	text, err := os.ReadFile(environment)
	if err != nil {
		t.Fatal(err)
	}
	var sets struct{ Parameters map[string]string }
	if err := json.Unmarshal(text, &sets); err != nil {
		t.Fatal(err)
	}
	read, err := template.Read("../../template.yaml", template.Options{Attributes: attributes})
	if err != nil {
		t.Fatal(err)
	}
	declares := slices.Sorted(maps.Keys(read.Functions[0].Environment))
	if diff := cmp.Diff(declares, slices.Sorted(maps.Keys(sets.Parameters))); diff != "" {
		t.Error(diff)
	}
}

func TestServeListensOnlyWhereContainersReachIt(t *testing.T) {
	standard, err := parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := standard.address; a.IsUnspecified() || !a.IsLoopback() && len(standard.callers) == 0 {
		t.Errorf("it listens on %s for %s", a, standard.callers)
	}
	for _, network := range standard.callers {
		if network.Bits() < network.Addr().BitLen() && !network.Contains(standard.address) {
			t.Errorf("%s may connect to %s", network, standard.address)
		}
	}
	asked, err := parse([]string{"-address", "0.0.0.0"})
	if err != nil || !asked.address.IsUnspecified() || len(asked.callers) > 0 {
		t.Errorf("%v, %v", asked, err)
	}
	for _, wrong := range [][]string{{"-address", "everywhere"}, {"0.0.0.0"}, {"-port", "1"}} {
		if _, err := parse(wrong); err == nil {
			t.Errorf("it accepts %q", wrong)
		}
	}
}
