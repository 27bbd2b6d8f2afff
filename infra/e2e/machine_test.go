package e2e

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// machine is the command that `make run` runs, as a process of its own, so that it can be killed.
type machine struct {
	binary, dataDir string
	arguments       []string // none for make run, "dev" for make dev
	root            string   // the repository that it runs in
	port            int
	log             buffer

	cmd  *exec.Cmd
	done chan struct{}
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{binary: filepath.Join(t.TempDir(), "local"), dataDir: t.TempDir(), root: root}
	build := exec.Command("go", "build", "-o", m.binary, "./infra/local")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	t.Cleanup(func() {
		if m.cmd != nil {
			m.cmd.Process.Kill()
			<-m.done
		}
	})
	return m
}

func (m *machine) url() string { return "http://127.0.0.1:" + strconv.Itoa(m.port) }

// start starts the command and waits until it responds.
func (m *machine) start(t *testing.T) {
	t.Helper()
	cmd := exec.Command(m.binary, m.arguments...)
	cmd.Dir = m.root
	cmd.Env = append(os.Environ(), "PORT="+strconv.Itoa(m.port), "DATA_DIR="+m.dataDir, "PARAMETERS=GateTtl=0s PrincipalTtl=0s", "CONTRACT=strict")
	cmd.Stdout, cmd.Stderr = &m.log, &m.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { cmd.Wait(); close(done) }()
	m.cmd, m.done = cmd, done
	for range 3000 {
		if res, err := http.Get(m.url() + "/config.json"); err == nil {
			res.Body.Close()
			m.keyed(t)
			return
		}
		select {
		case <-done:
			t.Fatalf("it does not start:\n%s", m.log.String())
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatalf("it does not respond:\n%s", m.log.String())
}

// keyed waits for the management key, which the first start creates a moment after its first response.
func (m *machine) keyed(t *testing.T) {
	t.Helper()
	for range 600 {
		if _, err := once(m.client(), api.GetMe, api.Nothing{}); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("there is no management key:\n%s", m.log.String())
}

// client returns a client with the management key for scripts.
func (m *machine) client() *client.Client {
	return &client.Client{BaseURL: m.url(), Authorization: func(context.Context) (string, error) {
		key, err := os.ReadFile(filepath.Join(m.dataDir, "management-key"))
		return strings.TrimSpace(string(key)), err
	}}
}

// ended waits until the command and its children are gone.
func (m *machine) ended(t *testing.T) {
	t.Helper()
	select {
	case <-m.done:
	case <-time.After(30 * time.Second):
		t.Fatalf("it does not end:\n%s", m.log.String())
	}
	broken.add(breaches(m.log.String()))
}

// inspect stops the command and checks the stored data.
func (m *machine) inspect(t *testing.T) {
	t.Helper()
	if err := m.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	m.ended(t)
	check := exec.Command(m.binary, "check")
	check.Dir = root
	check.Env = append(os.Environ(), "DATA_DIR="+m.dataDir)
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("the stored data is inconsistent: %v\n%s", err, out)
	}
}
