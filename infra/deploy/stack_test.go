package main

import (
	"strings"
	"testing"
)

// statuses makes CloudFormation answer with the statuses in turn, and then with the stack's own.
func (w *world) statuses(statuses ...string) {
	w.answer = func(request, body string) string {
		if request != "DescribeStacks" || len(statuses) == 0 || !strings.Contains(body, "<StackStatus>") {
			return body
		}
		before, rest, _ := strings.Cut(body, "<StackStatus>")
		_, after, _ := strings.Cut(rest, "</StackStatus>")
		status := statuses[0]
		statuses = statuses[1:]
		return before + "<StackStatus>" + status + "</StackStatus>" + after
	}
}

func TestUpWaitsForWhatIsInProgress(t *testing.T) {
	w := newWorld(t, "busy")
	w.must("up")
	w.statuses("", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") // the first answer is for the settings
	if out := w.must("up"); !strings.Contains(out, "busy is UPDATE_IN_PROGRESS") || !strings.Contains(out, "Arxkeys is at") {
		t.Errorf("it prints\n%s", out)
	}
}

func TestUpRemovesAStackThatWasNeverComplete(t *testing.T) {
	for _, status := range []string{"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"} {
		w := newWorld(t, "failed-"+strings.ToLower(strings.ReplaceAll(status, "_", "-")))
		w.must("up")
		want := w.state()
		if err := w.aws.empty(t.Context(), w.deployed()["ConsoleBucket"]); err != nil { // as after a creation that failed
			t.Fatal(err)
		}
		email := w.settings["ADMIN_EMAIL"]
		w.settings["ADMIN_EMAIL"] = ""
		w.statuses(status)
		if _, err := w.run("up", 0, false); err == nil || !strings.Contains(err.Error(), "ADMIN_EMAIL: ") {
			t.Errorf("%s, without an owner: %v", status, err)
		}
		w.settings["ADMIN_EMAIL"] = email
		w.statuses(status, status)
		out := w.must("up")
		if !strings.Contains(out, "removing what is left") || !strings.Contains(out, "creating the stack") {
			t.Errorf("it prints\n%s", out)
		}
		if got := w.state(); len(got) != len(want) {
			t.Errorf("%d things, want %d", len(got), len(want))
		}
	}
}

func TestUpSaysWhatAPersonHasToMend(t *testing.T) {
	w := newWorld(t, "stuck")
	w.must("up")
	for status, want := range map[string]string{"UPDATE_ROLLBACK_FAILED": "continue-update-rollback", "DELETE_FAILED": "make destroy"} {
		w.statuses(status, status)
		if _, err := w.run("up", 0, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", status, err)
		}
	}
}
