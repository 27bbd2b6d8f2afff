package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/infra/events/examples"
	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/process"
)

// emulator is Amazon's Runtime Interface Emulator, which make installs.
func emulator(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(root, "build/tools/aws-lambda-rie-*"))
	if len(found) != 1 {
		t.Fatalf("build/tools contains %d Runtime Interface Emulators: run make emulator", len(found))
	}
	path, err := filepath.Abs(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestFunctionsAnswerAmazonsEmulator runs the real binaries of three functions in Amazon's own implementation of the
// Runtime API, and sends them their events of infra/events.
func TestFunctionsAnswerAmazonsEmulator(t *testing.T) {
	rie := emulator(t)
	dataset, err := examples.Recorded()
	if err != nil {
		t.Fatal(err)
	}
	definition := fromTemplate(t)
	names := []string{"keys/verify", "keys/create", "authorizers/apikey"}
	if _, err := build.Functions(t.Context(), root, names, nil); err != nil {
		t.Fatal(err)
	}
	db, err := engine.Start(t.Context(), engine.Config{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Stop)
	const table = "arxkeys-emulator"
	if err := db.EnsureTable(t.Context(), table, definition.Table); err != nil {
		t.Fatal(err)
	}
	if err := dataset.Put(t.Context(), db.URL(), table); err != nil {
		t.Fatal(err)
	}
	policy := func(principal, effect string) string {
		return `{"principalId":"` + principal + `","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"` + effect + `"`
	}
	for operation, answers := range map[string][][2]string{
		"keys.verify": {{"keys-verify", `{"statusCode":200,`}, {"keys-verify-refused", `{"statusCode":422,`}},
		"keys.create": {{"keys-create", `{"statusCode":201,`}, {"keys-create-refused", `{"statusCode":422,`}},
		"authorizers.apikey": {
			{"authorizers-apikey-http", `{"isAuthorized":true,`}, {"authorizers-apikey-http-refused", `{"isAuthorized":false}`},
			{"authorizers-apikey-rest", policy(dataset.Key, "Allow")}, {"authorizers-apikey-rest-refused", policy("nobody", "Deny")},
		},
	} {
		t.Run(operation, func(t *testing.T) {
			invoke := emulate(t, rie, build.Binary(root, folder(operation)), eventEnvironment(t, definition, db, db.Endpoint, table, operation))
			for _, a := range answers {
				event, err := os.ReadFile(filepath.Join(root, "infra/events", a[0]+".json"))
				if err != nil {
					t.Fatal(err)
				}
				if got := invoke(event); !strings.HasPrefix(got, a[1]) {
					t.Errorf("%s: %s", a[0], got)
				}
			}
		})
	}
}

// freeAddress returns an address of this machine on which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// emulate starts the function in the emulator, and returns a function that invokes it.
func emulate(t *testing.T, rie, binary string, environment map[string]string) (invoke func(event []byte) string) {
	t.Helper()
	binary, err := filepath.Abs(binary)
	if err != nil {
		t.Fatal(err)
	}
	address, runtime := freeAddress(t), freeAddress(t)
	cmd := exec.Command(rie, "--runtime-interface-emulator-address", address, "--runtime-api-address", runtime, binary)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "AWS_LAMBDA_FUNCTION_TIMEOUT=10", "LOG_LEVEL=error"}
	for name, value := range environment {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	if err := process.Start(cmd); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("the emulator printed:\n%s", printed.String())
		}
	})
	// The emulator starts to listen a moment later.
	for {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
			break
		}
		if t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
	return func(event []byte) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fmt.Sprintf("http://%s/2015-03-31/functions/function/invocations", address), bytes.NewReader(event))
		if err != nil {
			t.Fatal(err)
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
		var compact bytes.Buffer
		if err := json.Compact(&compact, text); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		return compact.String()
	}
}
