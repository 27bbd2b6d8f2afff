package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

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
