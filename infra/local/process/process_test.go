package process

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLinesPassesOnCompleteLines(t *testing.T) {
	var got []string
	w := Lines(func(line string) { got = append(got, line) })
	for _, piece := range []string{"one\ntw", "o\r\n", "\nthree", strings.Repeat("x", maxLineBytes)} {
		if n, err := w.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Fatalf("Write returned %d, %v", n, err)
		}
	}
	w.Write([]byte("end"))
	w.Close()
	w.Close()
	want := []string{"one", "two", "", "three" + strings.Repeat("x", maxLineBytes), "end"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the lines (-want +got):\n%s", diff)
	}
}

func TestStartedProgramsHaveTheirOwnGroup(t *testing.T) {
	var out strings.Builder
	cmd := exec.Command("sh", "-c", `test "$(ps -o pgid= -p $$ | tr -d ' ')" = "$$" && echo own`)
	cmd.Stdout = &out
	if err := Start(cmd); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Skipf("ps does not print the process group on this system: %v", err)
	}
	if out.String() != "own\n" {
		t.Errorf("the output is %q", out.String())
	}
}

func TestStartReturnsAnErrorForAMissingProgram(t *testing.T) {
	if err := Start(exec.Command("/nowhere/bootstrap")); err == nil {
		t.Error("there is no error")
	}
}
