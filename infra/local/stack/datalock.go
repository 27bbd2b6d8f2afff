package stack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/arxkeys/arxkeys/infra/local/private"
)

// LockData creates the data directory, which only the owner can read, and locks it until the returned function is
// called. The lock also ends with the program, even if that is killed.
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
		return nil, fmt.Errorf("another instance uses %s: stop it, or use another folder: DATA_DIR=.data2 PORT=8081 make run", dir)
	}
	return nil, unusable(dir, err)
}

// unusable returns an error that says why the data directory cannot be used, and what to do.
func unusable(dir string, cause error) error {
	return fmt.Errorf("DATA_DIR %s cannot be used: %w: use another folder: DATA_DIR=~/arxkeys make run", dir, cause)
}
