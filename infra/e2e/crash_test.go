package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// crashRounds is how often everything is killed in a run of the tests. SOAK, a duration, makes it
// as often as fits into that time.
const crashRounds = 4

// TestNothingAcknowledgedIsLostInACrash kills a function, the engine, or all at once, at any moment
// of a mixed load, starts again, and holds what is there against what was answered.
func TestNothingAcknowledgedIsLostInACrash(t *testing.T) {
	m := newMachine(t)
	m.start(t)
	h := &history{keys: map[string]fate{}}
	m.found(t, h)
	end := time.Now()
	if text := os.Getenv("SOAK"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("SOAK: %v", err)
		}
		end = end.Add(d)
	}
	for round := 0; round < crashRounds || time.Now().Before(end); round++ {
		kill := []func(*testing.T) string{m.killFunction, m.killEngine, m.killAll}[round%3]
		stop := h.load(m.client())
		time.Sleep(time.Duration(300+rand.IntN(1200)) * time.Millisecond)
		killed := kill(t)
		time.Sleep(300 * time.Millisecond)
		stop()
		if killed != "a function" { // which alone comes back by itself
			m.ended(t)
			m.start(t)
		}
		h.verify(t, m.client(), killed)
		if t.Failed() {
			t.Fatalf("after round %d, which killed %s\n%s", round, killed, m.log.String())
		}
	}
	m.inspect(t)
	t.Logf("%d changes were acknowledged", h.acknowledged)
	if h.acknowledged < 20 {
		t.Errorf("%d acknowledged changes: the test shows too little", h.acknowledged)
	}
}

// fate is what is known of a key.
type fate int

const (
	live    fate = iota // its creation was answered
	gone                // its deletion was answered
	unknown             // a deletion was asked for and not answered
)

// history is what was answered.
type history struct {
	app, arx string

	mu           sync.Mutex
	keys         map[string]fate
	acknowledged int
}

// load creates and deletes keys from several sides until the function that it returns is called.
func (h *history) load(c *client.Client) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			for ctx.Err() == nil {
				if rand.IntN(3) > 0 {
					h.create(c)
				} else {
					h.delete(c)
				}
			}
		})
	}
	return func() { cancel(); group.Wait() }
}

// create does not use the context of the load: what is under way is to be answered, or cut off by
// the crash.
func (h *history) create(c *client.Client) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	k, err := client.Call(ctx, c, api.CreateKey, api.CreateKeyRequest{ApplicationID: h.app, ArxID: h.arx})
	if err != nil {
		time.Sleep(20 * time.Millisecond)
		return
	}
	h.note(k.Key.ID, live)
}

func (h *history) delete(c *client.Client) {
	id := h.any()
	if id == "" {
		return
	}
	h.note(id, unknown) // until the answer is there
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := client.Call(ctx, c, api.DeleteKey, api.KeyID{ID: id}); err == nil {
		h.note(id, gone)
	}
}

// any returns a key that lives, and that nobody deletes now.
func (h *history) any() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, f := range h.keys {
		if f == live {
			return id
		}
	}
	return ""
}

func (h *history) note(id string, f fate) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.keys[id] = f
	if f != unknown {
		h.acknowledged++
	}
}

// verify holds the lists, and the totals, against what was answered.
func (h *history) verify(t *testing.T, c *client.Client, killed string) {
	t.Helper()
	statuses := map[string]api.KeyStatus{}
	counted := api.KeyTotals{}
	request := api.ListKeysRequest{Page: api.Page{Limit: 100}, Include: "deleted"}
	for {
		page, err := client.Call(t.Context(), c, api.ListKeys, request)
		if err != nil {
			t.Fatalf("after the death of %s: %v", killed, err)
		}
		for _, k := range page.Items {
			statuses[k.ID] = k.Status
			if k.Status == api.KeyDeleted {
				counted.Deleted++
			} else {
				counted.Active++
				counted.Total++
			}
		}
		if page.NextCursor == nil {
			if page.Totals != counted {
				t.Errorf("after the death of %s: totals %+v, listed are %+v", killed, page.Totals, counted)
			}
			break
		}
		request.Cursor = *page.NextCursor
	}
	for id, f := range h.keys {
		switch got := statuses[id]; {
		case got == "":
			t.Errorf("after the death of %s: %s was answered and is lost", killed, id)
		case f == live && got != api.KeyActive:
			t.Errorf("after the death of %s: %s is %s, and nobody deleted it", killed, id, got)
		case f == gone && got != api.KeyDeleted:
			t.Errorf("after the death of %s: %s is %s, its deletion was answered", killed, id, got)
		case f == unknown:
			h.keys[id] = map[bool]fate{true: gone, false: live}[got == api.KeyDeleted]
		}
	}
}

// machine is the command that `make run` runs, as a process of its own, so that it can be killed.
type machine struct {
	binary, dataDir string
	port            int
	log             buffer

	cmd  *exec.Cmd
	done chan struct{}
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{binary: filepath.Join(t.TempDir(), "local"), dataDir: t.TempDir()}
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

// start starts the command and waits until it answers.
func (m *machine) start(t *testing.T) {
	t.Helper()
	cmd := exec.Command(m.binary)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "PORT="+strconv.Itoa(m.port), "DATA_DIR="+m.dataDir, "PARAMETERS=GateTtl=0s PrincipalTtl=0s")
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
			return
		}
		select {
		case <-done:
			t.Fatalf("it does not start:\n%s", m.log.String())
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatalf("it does not answer:\n%s", m.log.String())
}

// client presents the management key that was left for scripts.
func (m *machine) client() *client.Client {
	return &client.Client{BaseURL: m.url(), Authorization: func(context.Context) (string, error) {
		key, err := os.ReadFile(filepath.Join(m.dataDir, "management-key"))
		return strings.TrimSpace(string(key)), err
	}}
}

// found makes the application and the Arx of the load.
func (m *machine) found(t *testing.T, h *history) {
	t.Helper()
	c := m.client()
	for range 200 { // the management key comes a moment after the first answer
		a, err := client.Call(t.Context(), c, api.CreateApplication, api.CreateApplicationRequest{Name: "Billing", Technology: api.Server})
		if err != nil && !problem.Is(err, problem.NameTaken) {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		x, err := client.Call(t.Context(), c, api.CreateArx, api.CreateArxRequest{Name: "EU", Regions: []string{"eu-central-1"}})
		if err != nil {
			t.Fatal(err)
		}
		h.app, h.arx = a.ID, x.ID
		return
	}
	t.Fatalf("no application can be made:\n%s", m.log.String())
}

// ended waits until the command is gone, with all that it had started.
func (m *machine) ended(t *testing.T) {
	t.Helper()
	select {
	case <-m.done:
	case <-time.After(30 * time.Second):
		t.Fatalf("it does not end:\n%s", m.log.String())
	}
}

// inspect stops the command and holds what is stored against what must be true of it.
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
		t.Errorf("what is stored is not whole: %v\n%s", err, out)
	}
}

func (m *machine) killAll(t *testing.T) string {
	t.Helper()
	if err := m.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	return "everything"
}

func (m *machine) killEngine(t *testing.T) string {
	t.Helper()
	m.killChild(t, "dynoxide")
	return "the engine"
}

func (m *machine) killFunction(t *testing.T) string {
	t.Helper()
	m.killChild(t, "bootstrap")
	return "a function"
}

// killChild kills one process of the command's whose program is called so.
func (m *machine) killChild(t *testing.T, program string) {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", m.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	var found []int
	for _, task := range tasks {
		children, err := os.ReadFile(task)
		if err != nil {
			continue // the thread has ended
		}
		for _, word := range strings.Fields(string(children)) {
			if to, err := os.Readlink("/proc/" + word + "/exe"); err == nil && filepath.Base(to) == program {
				pid, _ := strconv.Atoi(word)
				found = append(found, pid)
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("no %s runs", program)
	}
	if err := syscall.Kill(found[rand.IntN(len(found))], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}
