package engine

import (
	"fmt"
	"math/rand/v2"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// isolations returns the kinds of isolation to try, the best first. In a network namespace of its own, no other
// program of the machine can connect to the engine. The processes then also have a PID namespace, so that they end
// together.
func isolations() []isolation {
	const own = syscall.CLONE_NEWNET | syscall.CLONE_NEWPID
	inside := isolation{isolated: true, host: "127.0.0.1"}
	root, user := inside, inside
	root.attributes = func(a *syscall.SysProcAttr) { a.Cloneflags = own }
	user.attributes = func(a *syscall.SysProcAttr) {
		a.Cloneflags = own | syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	// All of 127.0.0.0/8 is this machine. One port of one of 16 million addresses cannot be found by trying.
	hidden := isolation{host: fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254))}
	if os.Geteuid() == 0 {
		return []isolation{root, user, hidden}
	}
	return []isolation{user, hidden}
}

// raiseLoopback sets the loopback interface of a new network namespace up.
func raiseLoopback() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	device, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	device.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, device)
}

func diesWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
