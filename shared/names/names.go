// Package names compares names without regard to case, width, white space and invisible characters.
package names

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/arxkeys/arxkeys/shared/character"
)

// maxFoldings bounds how often a name is folded until it no longer changes. Two foldings are enough for
// every pair of characters.
const maxFoldings = 8

// Fold returns the form of a name that is compared: NFKC-normalized and case-folded, without invisible
// characters (NFKC_Casefold of Unicode, section 3.13, and characters with an empty glyph), trimmed, and
// with one space for each run of white space. Two names are equal if their folds are. Folding a fold does
// not change it.
func Fold(name string) string {
	for range maxFoldings {
		folded := foldOnce(name)
		if folded == name {
			break
		}
		name = folded
	}
	return name
}

// foldOnce is one step of Fold. Its result may fold further: normalization can produce spaces, and removing
// characters can join others.
func foldOnce(name string) string {
	seen := strings.Map(func(r rune) rune {
		if character.Ignorable(r) || character.Blank(r) {
			return -1
		}
		return r
	}, name)
	folded := norm.NFKC.String(cases.Fold().String(norm.NFKC.String(seen)))
	return strings.Join(strings.Fields(folded), " ")
}

// Key returns a hash of the fold. It has a fixed length, because normalization can make a name up to 18
// times longer than a table key may be.
func Key(name string) string {
	sum := sha256.Sum256([]byte(Fold(name)))
	return hex.EncodeToString(sum[:])
}
