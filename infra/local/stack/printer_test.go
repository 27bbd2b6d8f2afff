package stack

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/lambda/log"
)

func TestNoLineContainsAnAccessKey(t *testing.T) {
	secret, err := accesskey.New(accesskey.Production, "01J9Zk3V8QpTfW2x", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := secret.Reveal()
	for name, print := range map[string]func(*printer){
		"path":         func(p *printer) { p.request("GET", "/v1/keys/"+key, &request{status: 404}, time.Second) },
		"encoded path": func(p *printer) { p.request("GET", "/v1/keys/%61"+key[1:], &request{status: 404}, time.Second) },
		"method":       func(p *printer) { p.request(key, "/", &request{status: 404}, time.Second) },
		"error": func(p *printer) {
			p.request("GET", "/", &request{status: 502, err: errors.New("x " + key)}, time.Second)
		},
		"function":      func(p *printer) { p.from("KeysGetFunction", "panic: "+key) },
		"anything else": func(p *printer) { p.line("x " + key) },
	} {
		var out strings.Builder
		print(&printer{to: &out})
		if strings.Contains(out.String(), key[25:50]) || !strings.Contains(out.String(), "[access key]") {
			t.Errorf("%s: %s", name, &out)
		}
	}
}

func TestQuietPrinterLeavesOutRoutineLines(t *testing.T) {
	var functions, out strings.Builder
	log := lambdalog.New(&functions)
	log.Info("request", "status", 200)
	log.Info("metrics", "_aws", 1)
	log.Error("request", "status", 500)
	log.Info("job", "done", 1)
	for _, quiet := range []bool{true, false} {
		out.Reset()
		p := &printer{to: &out, quiet: quiet}
		for line := range strings.Lines(functions.String()) {
			p.from("KeysGetFunction", strings.TrimSuffix(line, "\n"))
		}
		kept := strings.Count(out.String(), "\n")
		if want := map[bool]int{true: 2, false: 4}[quiet]; kept != want || quiet && strings.Contains(out.String(), "metrics") {
			t.Errorf("quiet: %t: %s", quiet, &out)
		}
	}
}
