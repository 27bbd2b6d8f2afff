package stack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/arxkeys/arxkeys/infra/local/private"
)

// LockData makes the data directory, which nobody else may read, and this program its only user until the returned function is called. The lock ends
// with the program, however it ends.
func LockData(dir string) (func(), error) {
	if err := private.Folder(dir); err != nil {
		return nil, unusable(dir, err)
	}
	lock := filepath.Join(dir, ".lock")
	if err := private.Files(lock, filepath.Join(dir, KeyFile)); err != nil {
		return nil, unusable(dir, err)
	}
	f, err := os.OpenFile(lock, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unusable(dir, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return func() { f.Close() }, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("another instance uses %s: stop it, or give this one a folder of its own: DATA_DIR=.data2 PORT=8081 make run", dir)
	}
	return nil, unusable(dir, err)
}

// unusable says that the data directory can't be what it is for, and what to do.
func unusable(dir string, cause error) error {
	return fmt.Errorf("DATA_DIR %s can't be used: %w: choose another folder, as DATA_DIR=~/arxkeys make run", dir, cause)
}
