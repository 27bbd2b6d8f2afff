//go:build unix && !linux

package process

import "syscall"

func set(a *syscall.SysProcAttr) { a.Setpgid = true }
