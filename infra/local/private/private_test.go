package private_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/infra/local/private"
)

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

// wide creates a folder and a file in it that everyone may read and write, whatever the umask.
func wide(t *testing.T) (folder, file string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "data")
	file = filepath.Join(folder, "key")
	for _, err := range []error{os.Mkdir(folder, 0o777), os.WriteFile(file, []byte("old"), 0o666), os.Chmod(folder, 0o777), os.Chmod(file, 0o666)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return folder, file
}

func TestExistingFilesAreRestrictedToTheirOwner(t *testing.T) {
	folder, file := wide(t)
	if err := private.Folder(folder); err != nil || mode(t, folder) != 0o700 {
		t.Errorf("the folder is %o, %v", mode(t, folder), err)
	}
	if err := private.Files(filepath.Join(folder, "missing"), file); err != nil || mode(t, file) != 0o600 {
		t.Errorf("the file is %o, %v", mode(t, file), err)
	}
}

func TestNewFoldersAndFilesArePrivate(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b")
	if err := private.Folder(folder); err != nil || mode(t, folder) != 0o700 || mode(t, filepath.Dir(folder)) != 0o700 {
		t.Errorf("the folder is %o, %v", mode(t, folder), err)
	}
	file := filepath.Join(folder, "key")
	if err := private.Write(file, []byte("new")); err != nil || mode(t, file) != 0o600 {
		t.Errorf("the file is %o, %v", mode(t, file), err)
	}
}

func TestWriteReplacesSharedFilesAndLeftoversOfACrash(t *testing.T) {
	_, file := wide(t)
	for _, err := range []error{os.WriteFile(file+".next", []byte("half"), 0o666), os.Chmod(file+".next", 0o666)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	err := private.Write(file, []byte("new"))
	text, _ := os.ReadFile(file)
	if err != nil || string(text) != "new" || mode(t, file) != 0o600 {
		t.Errorf("%q with the mode %o, %v", text, mode(t, file), err)
	}
}

func TestSharedFolderIsRefused(t *testing.T) {
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o777|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if err := private.Folder(folder); err == nil || !strings.Contains(err.Error(), "shared") || mode(t, folder) != 0o777 {
		t.Errorf("%v, and the folder is %o", err, mode(t, folder))
	}
}
