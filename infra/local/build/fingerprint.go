package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// listed is a package as go list prints it.
type listed struct {
	ImportPath, Dir string
	Standard        bool
	Deps            []string
	Module          *struct {
		Version string
		Replace *struct{ Version string }
	}

	GoFiles, InvalidGoFiles, SFiles, EmbedFiles []string
}

// fingerprints returns a fingerprint for each package, by its folder. A fingerprint changes whenever the binary of the
// package may change. One call of the go command lists the imported packages and their files, which are hashed here. A
// package that does not parse has a fingerprint too, so that the compiler can report the error.
func fingerprints(ctx context.Context, root string, environment []string, folders ...string) (map[string]string, error) {
	arguments := []string{"list", "-e", "-deps", "-json=ImportPath,Dir,Standard,Deps,Module,GoFiles,InvalidGoFiles,SFiles,EmbedFiles"}
	for _, folder := range folders {
		arguments = append(arguments, "./"+folder)
	}
	cmd := goCommand(ctx, root, arguments...)
	cmd.Env = append(cmd.Env, environment...)
	output, err := run(ctx, cmd)
	if err != nil {
		return nil, fmt.Errorf("list the imports of the programs: %w", err)
	}
	common := sha256.New() // what every package depends on
	fmt.Fprintln(common, runtime.Version(), runtime.GOOS, runtime.GOARCH, environment)
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := hashFile(common, filepath.Join(root, name)); err != nil {
			return nil, err
		}
	}
	packages := map[string]listed{}
	sums := map[string]string{} // hashes of each package's own files, by import path
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read the output of go list: %w", err)
		}
		packages[p.ImportPath] = p
		if p.Standard || p.versioned() {
			continue // covered by the toolchain's version and go.sum
		}
		if sums[p.ImportPath], err = p.sum(); err != nil {
			return nil, err
		}
	}
	all := map[string]string{}
	for _, p := range packages {
		folder, err := filepath.Rel(root, p.Dir)
		if err != nil || !slices.Contains(folders, filepath.ToSlash(folder)) {
			continue
		}
		sum := sha256.New()
		fmt.Fprintf(sum, "%x %s\n", common.Sum(nil), sums[p.ImportPath])
		for _, imported := range p.Deps {
			fmt.Fprintln(sum, imported, sums[imported])
		}
		all[filepath.ToSlash(folder)] = hex.EncodeToString(sum.Sum(nil))
	}
	return all, nil
}

// versioned reports whether the package comes from the module cache, rather than from this module or from the folder
// of a replace directive.
func (p listed) versioned() bool {
	return p.Module != nil && p.Module.Version != "" && (p.Module.Replace == nil || p.Module.Replace.Version != "")
}

// sum returns a hash of the package's own files.
func (p listed) sum() (string, error) {
	sum := sha256.New()
	for _, name := range slices.Concat(p.GoFiles, p.InvalidGoFiles, p.SFiles, p.EmbedFiles) {
		fmt.Fprintln(sum, name)
		if err := hashFile(sum, filepath.Join(p.Dir, name)); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// hashFolder hashes the files of a folder, with their names.
func hashFolder(to io.Writer, folder string) error {
	return filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		fmt.Fprintln(to, name)
		return hashFile(to, file)
	})
}

// hashFile hashes a file. A missing file counts as empty, because it may have been deleted just now.
func hashFile(to io.Writer, file string) error {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the sources: %w", err)
	}
	defer f.Close()
	if _, err := io.Copy(to, f); err != nil {
		return fmt.Errorf("read the sources: %w", err)
	}
	return nil
}

// fresh reports whether the stamp file contains the fingerprint.
func fresh(stamp, now string) bool {
	was, err := os.ReadFile(stamp)
	return err == nil && string(was) == now
}

// needGo returns an error if there is no go command.
func needGo() error {
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("the go command is not on PATH: install Go, https://go.dev/dl/")
	}
	return nil
}

// buildFlags returns the flags in functions/build.flags, which the Makefile reads too.
func buildFlags(root string) (string, error) {
	flags, err := os.ReadFile(filepath.Join(root, "functions", "build.flags"))
	if err != nil {
		return "", fmt.Errorf("read the build flags of functions: %w", err)
	}
	return "GOFLAGS=" + strings.TrimSpace(string(flags)), nil
}
