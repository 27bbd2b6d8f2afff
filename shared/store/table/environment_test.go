package table

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestTextsOfTheEnvironment(t *testing.T) {
	for text, want := range map[string]time.Duration{"5s": 5 * time.Second, "0": 0, "0s": 0, "1m": time.Minute} {
		if got, err := duration(text); got != want || err != nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", " ", "5", "-5s", "soon"} {
		if got, err := duration(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
	for text, want := range map[string]time.Duration{"1": 24 * time.Hour, "90": 90 * 24 * time.Hour} {
		if got, err := days(text); got != want || err != nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", " ", "0", "-1", "10000", "1.5", "5s"} {
		if got, err := days(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// The program under test is this test binary, run again.
func TestVariableThatIsEmptyEndsTheProgram(t *testing.T) {
	const name = "ARXKEYS_TEST_DURATION"
	if os.Getenv("ARXKEYS_TEST_CHILD") != "" {
		if got := DurationFromEnv(name, time.Hour); got != time.Hour {
			t.Errorf("%v", got)
		}
		return
	}
	run := func(environment ...string) error {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVariableThatIsEmptyEndsTheProgram$")
		child.Env = append(os.Environ(), append(environment, "ARXKEYS_TEST_CHILD=1")...)
		return child.Run()
	}
	if err := run(); err != nil {
		t.Errorf("not set: %v", err)
	}
	if err := run(name + "="); err == nil {
		t.Error("a program whose variable is empty starts")
	}
}
