package architecture

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// proofs are what a document can name as proof: the tests and fuzz tests of Go, the files of browser tests and of scripts,
// and targets of make.
type proofs map[string]bool

var (
	declaration = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	namedTest   = regexp.MustCompile(`\b((?:Test|Fuzz)[A-Z]\w*)`)
	target      = regexp.MustCompile(`(?m)^([a-z][a-z-]*):`)
	namedMake   = regexp.MustCompile("`(make [a-z-]+)`")
	namedFile   = regexp.MustCompile(`[\w.-]+\.(?:test\.mjs|txtar)\b`)
)

// proofsOf returns the proofs in the folder.
func proofsOf(t *testing.T, folder string) proofs {
	t.Helper()
	found := proofs{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "build" || entry.Name() == ".git"):
			return filepath.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, test := range declaration.FindAllStringSubmatch(string(text), -1) {
				found[test[1]] = true
			}
		case namedFile.MatchString(entry.Name()):
			found[entry.Name()] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range target.FindAllStringSubmatch(readText(t, filepath.Join(folder, "Makefile")), -1) {
		found["make "+name[1]] = true
	}
	return found
}

// unproved finds proofs that the document names and that do not exist, and controls without one: rows of tables with a
// column "test" whose last cell names none and does not say who vouches for it instead.
func unproved(exist proofs, document string) (complaints []string) {
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	names := func(text string) []string {
		found := append(namedTest.FindAllString(text, -1), namedFile.FindAllString(text, -1)...)
		for _, made := range namedMake.FindAllStringSubmatch(text, -1) {
			found = append(found, made[1])
		}
		return found
	}
	named := names(document)
	slices.Sort(named)
	for _, name := range slices.Compact(named) {
		if !exist[name] {
			complain("the document names %s, which does not exist: name the test that proves it now, or say that none does", name)
		}
	}
	controls, inTable := 0, false
	for _, row := range strings.Split(document, "\n") {
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		last := cells[len(cells)-1]
		switch {
		case !strings.HasPrefix(row, "|"):
			inTable = false
		case last == "test":
			inTable = true
		case inTable && !strings.HasPrefix(row, "| ---"):
			controls++
			if len(names(last)) == 0 && !strings.HasPrefix(last, "AWS:") && !strings.HasPrefix(last, "none:") {
				complain("the control %q has no test: name one, or begin the cell with AWS: or none: and say who vouches for it", cells[0])
			}
		}
	}
	if controls == 0 {
		complain("the document has no table of controls with a column test")
	}
	return complaints
}

func TestSecurityNamesTestsThatExist(t *testing.T) {
	exist := proofsOf(t, "../..")
	if len(exist) < 500 {
		t.Errorf("only %d tests are found", len(exist))
	}
	holds(t, unproved(exist, readText(t, securityDocument)))
}

func TestControlWithoutATestIsFound(t *testing.T) {
	exist := proofs{"make good": true, "TestGood": true, "FuzzGood": true, "good.test.mjs": true, "good.txtar": true}
	good := `
| control | test |
| --- | --- |
| one | TestGood, FuzzGood |
| two | good.test.mjs |
| two and a half | ` + "`make good`" + ` |
| three | AWS: encrypts the table |
| four | none: a person looks |

| question | answer |
| --- | --- |
| five | by ` + "`good.txtar`" + ` |
`
	complains(t, unproved(exist, good))
	complains(t, unproved(exist, strings.Replace(good, "TestGood", "TestGone", 1)), "names TestGone")
	complains(t, unproved(exist, strings.Replace(good, "FuzzGood", "FuzzGone", 1)), "names FuzzGone")
	complains(t, unproved(exist, strings.Replace(good, "make good", "make gone", 1)), "names make gone")
	complains(t, unproved(exist, strings.Replace(good, "good.txtar", "gone.txtar", 1)), "names gone.txtar")
	complains(t, unproved(exist, strings.Replace(good, "good.test.mjs", "gone.test.mjs", 1)), "names gone.test.mjs")
	complains(t, unproved(exist, strings.Replace(good, "| AWS: encrypts", "| encrypts", 1)), `the control "three" has no test`)
	complains(t, unproved(exist, strings.Replace(good, "| test |", "| proof |", 1)), "no table of controls")
}
