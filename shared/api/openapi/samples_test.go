package openapi

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
)

func TestSamplesAreBetweenTheirNameAndTheEnd(t *testing.T) {
	got, err := Samples([]byte("x\n# sample a.b\none\n  two\n# end\ny\n\t// sample c\n\tthree\n\n\t\tfour\n\t// end\n# not a sample\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"a.b": "one\n  two\n", "c": "three\n\n\tfour\n"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for text, want := range map[string]string{
		"# sample a\n": "does not end", "# end\n": "without a sample", "# sample a\n# sample b\n": "begins in", "# sample a\nx\n# end\n# sample a\nx\n# end\n": "two samples",
	} {
		if _, err := Samples([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The samples themselves are run by the end-to-end tests.
func TestReferenceIsTheDocumentWithSamplesOfEveryOperation(t *testing.T) {
	source := os.DirFS("../..")
	reference, err := Reference(api.Served(), source, os.DirFS("../../../infra/samples"), "# Guide")
	if err != nil {
		t.Fatal(err)
	}
	document, err := Document(api.Served(), source)
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	for text, into := range map[string]*map[string]any{string(document): &want, string(reference): &got} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	life := map[string]bool{"KeysCreate": true, "KeysVerify": true, "KeysRotate": true, "KeysDisable": true, "KeysEnable": true, "KeysDelete": true}
	for path, methods := range got["paths"].(map[string]any) {
		for method, operation := range methods.(map[string]any) {
			o := operation.(map[string]any)
			var labels []string
			samples, _ := o["x-codeSamples"].([]any)
			for _, s := range samples {
				labels = append(labels, s.(map[string]any)["label"].(string))
			}
			expect := []string{"curl"}
			if id := o["operationId"].(string); life[id] {
				expect = []string{"curl", "Go", "TypeScript", "Python"}
				delete(life, id)
			}
			if diff := cmp.Diff(expect, labels); diff != "" {
				t.Errorf("%s %s has samples (-want +got):\n%s", method, path, diff)
			}
			delete(o, "x-codeSamples")
		}
	}
	introduced, plain := got["info"].(map[string]any), want["info"].(map[string]any)["description"].(string)
	if introduced["description"] != plain+"\n\n# Guide" {
		t.Errorf("the introduction is %q", introduced["description"])
	}
	introduced["description"] = plain
	if diff := cmp.Diff(want, got); diff != "" || len(life) > 0 {
		t.Errorf("the reference has something else than samples, or lacks %v:\n%s", life, diff)
	}
}

func TestSamplesOfNoOperationAreFound(t *testing.T) {
	none := fstest.MapFS{}
	for _, l := range languages {
		none[l.file] = &fstest.MapFile{}
	}
	none["curl.sh"] = &fstest.MapFile{Data: []byte("# sample keys.steal\ncurl\n# end\n")}
	if _, err := Reference(api.Served(), os.DirFS("../.."), none, ""); err == nil || !strings.Contains(err.Error(), "keys.steal") {
		t.Error(err)
	}
}
