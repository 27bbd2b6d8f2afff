//go:build unix && !linux

package engine

import (
	"errors"
	"syscall"
)

// isolations returns the kinds of isolation to try. On this system there is only a random port.
func isolations() []isolation { return []isolation{{host: "127.0.0.1"}} }

func raiseLoopback() error { return errors.New("network namespaces are not supported on this system") }

func diesWithParent() *syscall.SysProcAttr { return nil }
