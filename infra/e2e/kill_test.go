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

// killChild kills one descendant of the command that runs the program.
func (m *machine) killChild(t *testing.T, program string) {
	t.Helper()
	var found []int
	for _, pid := range below(m.cmd.Process.Pid) {
		if to, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil && filepath.Base(to) == program {
			found = append(found, pid)
		}
	}
	if len(found) == 0 {
		t.Fatalf("no %s runs", program)
	}
	if err := syscall.Kill(found[rand.IntN(len(found))], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// below returns all descendants of the process.
func below(process int) (found []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", process)) // the pattern is valid
	for _, task := range tasks {
		children, err := os.ReadFile(task)
		if err != nil {
			continue // the thread has ended
		}
		for _, word := range strings.Fields(string(children)) {
			if pid, err := strconv.Atoi(word); err == nil {
				found = append(append(found, pid), below(pid)...)
			}
		}
	}
	return found
}
