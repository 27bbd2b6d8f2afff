// Package names compares names, as people do.
package names

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/arxkeys/arxkeys/shared/character"
)

// maxFoldings is how many times a name is folded until it stays the same: two do for every pair of
// characters.
const maxFoldings = 8

// Fold returns what names are compared by: NFKC-normalised and case-folded, without the characters
// that nobody sees (NFKC_Casefold of Unicode, section 3.13, and characters whose drawing is empty),
// without white space around it and with one space for each that is inside. Two names are the same
// exactly if their folds are. The fold of a fold is itself.
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

// foldOnce is one step of Fold. What it leaves may fold further: normalising brings spaces, and
// leaving out characters joins others.
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

// Key returns the fold as a key of fixed length: normalising may make a name up to 18 times as
// long, and keys of a table have an end.
func Key(name string) string {
	sum := sha256.Sum256([]byte(Fold(name)))
	return hex.EncodeToString(sum[:])
}
