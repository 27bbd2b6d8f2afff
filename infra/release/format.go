package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// formatFile declares the version of the format of stored data.
const formatFile = "shared/store/table/stamp.go"

var (
	declared = regexp.MustCompile(`(?m)^var format = "(\d+)"$`)
	noted    = regexp.MustCompile(`(?m)^Data format: (\d+), (first|unchanged|changed)\.$`)
)

// checkFormat returns an error unless the notes of the version say which format of stored data it has, and whether that
// has changed since the previous release, whose section is the first in earlier.
func (r *release) checkFormat(earlier string) error {
	code, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(formatFile)))
	if err != nil {
		return err
	}
	is := declared.FindSubmatch(code)
	if is == nil {
		return fmt.Errorf("%s declares no format", formatFile)
	}
	format, word := string(is[1]), "first"
	if before := noted.FindStringSubmatch(earlier); before != nil {
		word = "changed"
		if before[1] == format {
			word = "unchanged"
		}
	}
	want := fmt.Sprintf("Data format: %s, %s.", format, word)
	if notes := noted.FindAllString(r.notes, -1); len(notes) != 1 || notes[0] != want {
		return fmt.Errorf("the section %s of CHANGELOG.md must have exactly one line about the format of stored data: %s", r.version, want)
	}
	return nil
}
