package sam

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/infra/events/examples"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/shared/api"
)

// chapter is the chapter of the README whose commands this test runs.
const chapter = "## Invoke functions with the SAM CLI\n"

// readme returns the commands of the chapter, without their comments.
func readme(t *testing.T) (commands []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), chapter)
	if !found {
		t.Fatalf("README.md has no chapter %q", strings.TrimSpace(chapter))
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	comment := regexp.MustCompile(`  +#.*`)
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(rest, -1) {
		for _, line := range strings.Split(strings.TrimSpace(strings.ReplaceAll(block[1], "\\\n", "")), "\n") {
			commands = append(commands, comment.ReplaceAllString(line, ""))
		}
	}
	return commands
}

// TestREADMECommandsWork runs the README's commands, every event of infra/events on the server of the functions, and a
// key's whole life on the server of the API.
func TestREADMECommandsWork(t *testing.T) {
	commands := readme(t)
	// Each command, up to its first option, and what the test does while it runs.
	order := []string{
		"make build-sam", "go run ./infra/events serve", "sam local invoke KeysVerifyFunction",
		"sam local start-lambda", "curl -sS --data-binary @infra/events/keys-verify.json",
		"sam local start-api", "curl -sS -H",
	}
	if len(commands) != len(order) {
		t.Fatalf("the README has %d commands, and this test knows %d: %q", len(commands), len(order), commands)
	}
	for i, c := range commands {
		if !strings.HasPrefix(c, order[i]) {
			t.Fatalf("the README's command %d is %q, and this test expects %s …", i+1, c, order[i])
		}
	}
	useDocker(t)
	must(t, commands[0])
	_, line := start(t, commands[1], "Serving the sample data")
	served := strings.Replace(regexp.MustCompile(`http://[\d.]+:8000`).FindString(line), "://", "://"+engine.AnyAccessKey+"@", 1)
	if out := must(t, commands[2]); !strings.Contains(out, `\"code\":\"VALID\"`) {
		t.Errorf("%s: %s", commands[2], out)
	}

	stop, _ := start(t, commands[3], "Running on")
	if out := must(t, commands[4]); !strings.Contains(out, `\"code\":\"VALID\"`) {
		t.Errorf("%s: %s", commands[4], out)
	}
	t.Run("events", func(t *testing.T) { everyEvent(t, served) })
	stop()

	stop, _ = start(t, commands[5], "Running on")
	if out := must(t, commands[6]); !strings.Contains(out, `"name":"nightly export"`) {
		t.Errorf("%s: %s", commands[6], out)
	}
	t.Run("life", life)
	stop()
}

// everyEvent sends every event of infra/events to its function. Before each operation it restores the sample data, which
// an engine serves at the address.
func everyEvent(t *testing.T, served string) {
	dataset, err := examples.Recorded()
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{} // of functions, by folder
	for _, f := range source(t).Functions {
		ids[f.Name()] = f.LogicalID
	}
	events, err := filepath.Glob(filepath.Join(root, "infra/events/*.json"))
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	for _, e := range events {
		left[filepath.Base(e)] = true
	}
	delete(left, "env.json")

	invoke := func(t *testing.T, operation, file string) string {
		t.Helper()
		event, err := os.ReadFile(filepath.Join(root, "infra/events", file))
		if err != nil {
			t.Fatal(err)
		}
		delete(left, file)
		id := ids[strings.ReplaceAll(operation, ".", "/")]
		status, body := send(t, http.MethodPost, "http://127.0.0.1:3001/2015-03-31/functions/"+id+"/invocations", "", string(event))
		if status != http.StatusOK {
			t.Fatalf("%s: %d: %s", id, status, body)
		}
		return body
	}
	file := func(operation string) string { return strings.ReplaceAll(operation, ".", "-") }
	restore := func(t *testing.T) {
		t.Helper()
		if err := dataset.Put(t.Context(), served, "arxkeys"); err != nil {
			t.Fatal(err)
		}
	}
	status := func(t *testing.T, operation, name string, want int) {
		t.Helper()
		var answer struct {
			StatusCode int
			Body       string
		}
		text := invoke(t, operation, name+".json")
		if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.StatusCode != want {
			t.Errorf("%s: %d, want %d: %s", name, answer.StatusCode, want, text)
		}
	}
	operations := map[string]api.Spec{}
	for _, op := range api.Served() {
		operations[op.Name] = op
	}
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		t.Run(file(name), func(t *testing.T) {
			refused, err := examples.Refused(operations[name])
			if err != nil {
				t.Fatal(err)
			}
			restore(t)
			status(t, name, file(name)+"-refused", refused.Status)
			good, err := examples.Good(operations[name])
			if err != nil {
				t.Fatal(err)
			}
			for _, before := range good.After {
				status(t, before, file(before), operations[before].Status)
			}
			status(t, name, file(name), good.Status)
		})
	}
	restore(t)
	for name, want := range map[string]string{
		"http": `"isAuthorized":true`, "http-refused": `"isAuthorized":false`, "rest": `"Effect":"Allow"`, "rest-refused": `"Effect":"Deny"`,
	} {
		if answer := strings.ReplaceAll(invoke(t, "authorizers.apikey", "authorizers-apikey-"+name+".json"), ": ", ":"); !strings.Contains(answer, want) {
			t.Errorf("authorizers-apikey-%s: %s", name, answer)
		}
	}
	if len(left) > 0 {
		t.Errorf("not sent: %q", slices.Sorted(maps.Keys(left)))
	}
}

// send returns the status and the body of the response.
func send(t *testing.T, method, url, credential, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if credential != "" {
		r.Header.Set("Authorization", "Bearer "+credential)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// life creates, verifies, rotates, disables and deletes a key. Whoami is behind the authorizer.
func life(t *testing.T) {
	dataset, err := examples.Recorded()
	if err != nil {
		t.Fatal(err)
	}
	const base = "http://127.0.0.1:3000/v1"
	var created struct {
		AccessKey string `json:"access_key"`
		Key       struct{ ID string }
	}
	call := func(method, path, body string, want int) string {
		t.Helper()
		status, text := send(t, method, base+path, dataset.Credential, body)
		if status != want {
			t.Fatalf("%s %s: %d, want %d: %s", method, path, status, want, text)
		}
		return text
	}
	verify := func(key, want string) {
		t.Helper()
		if text := call("POST", "/keys/verify", `{"key": "`+key+`", "arx_id": "`+dataset.Arx+`"}`, 200); !strings.Contains(text, `"code":"`+want+`"`) {
			t.Errorf("it must be %s: %s", want, text)
		}
	}
	whoami := func(key string, want int) {
		t.Helper()
		if status, text := send(t, "GET", base+"/whoami", key, ""); status != want || want == 200 && !strings.Contains(text, `"name":"whole life"`) {
			t.Errorf("whoami: %d, want %d: %s", status, want, text)
		}
	}
	text := call("POST", "/keys", `{"application_id": "`+dataset.Application+`", "arx_id": "`+dataset.Arx+`", "name": "whole life", "scopes": ["invoices:read"]}`, 201)
	if err := json.Unmarshal([]byte(text), &created); err != nil || created.AccessKey == "" {
		t.Fatalf("%v: %s", err, text)
	}
	path, first := "/keys/"+created.Key.ID, created.AccessKey
	verify(first, "VALID")
	whoami(first, 200)
	whoami("", 403)
	whoami(first[:len(first)-1]+"x", 403)
	text = call("POST", path+"/rotate", `{"overlap_seconds": 3600}`, 200)
	if err := json.Unmarshal([]byte(text), &created); err != nil || created.AccessKey == first {
		t.Fatalf("%v: %s", err, text)
	}
	second := created.AccessKey
	whoami(first, 200)
	whoami(second, 200)
	call("POST", path+"/end-overlap", "", 200)
	whoami(first, 403)
	call("POST", path+"/disable", "", 200)
	verify(second, "DISABLED")
	whoami(second, 403)
	call("POST", path+"/enable", "", 200)
	whoami(second, 200)
	call("DELETE", path, "", 200)
	verify(second, "NOT_FOUND")
	whoami(second, 403)
}
