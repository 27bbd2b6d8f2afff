package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// terminal returns a terminal at which this is typed.
func terminal(t *testing.T, typed string) *os.File {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keyboard.Close() })
	if err := unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	screen, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { screen.Close() })
	if _, err := keyboard.WriteString(typed); err != nil {
		t.Fatal(err)
	}
	return screen
}

func TestRemovalAsksAtATerminal(t *testing.T) {
	o := newOffice(t, nil)
	o.allow("is an owner", "person", "EMAIL=ann@example.com", "ROLE=owner")
	o.mint(auth.Principal{Kind: api.Person, ID: o.subject("ann@example.com"), Name: "ann@example.com", Tenant: defaultTenant, Role: api.Owner}, "ann's")

	for _, typed := range []string{"\n", "yes\n", "Delete\n", "\x04"} { // Control-D ends the input
		o.in = terminal(t, typed)
		o.deny("nothing is changed", "person-remove", "EMAIL=ann@example.com")
	}
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	if _, err := (&session{in: terminal(t, ""), out: t.Output()}).ask(interrupted, "?"); !errors.Is(err, context.Canceled) {
		t.Errorf("Control-C at the question: %v", err)
	}
	o.in = terminal(t, "keep\n")
	o.allow("Type delete", "person-remove", "EMAIL=ann@example.com")
	if got := o.keys(defaultTenant); !slices.Equal(got, []string{"ann's"}) {
		t.Errorf("kept: the management keys are %q", got)
	}
	o.in = terminal(t, "delete\n")
	o.allow("deleted the management key", "person-remove", "EMAIL=ann@example.com")
	if got := o.keys(defaultTenant); len(got) > 0 {
		t.Errorf("deleted: the management keys are %q", got)
	}
}
