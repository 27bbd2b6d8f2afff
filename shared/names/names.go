// Package names compares names, as people do.
package names

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns what names are compared by: trimmed, NFKC-normalised and case-folded. Two names are
// the same exactly if their folds are.
func Fold(name string) string {
	// Folding may undo the normal form, so it is restored (Unicode 3.13, compatibility caseless match).
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(strings.TrimSpace(name))))
}

// Key returns the fold as a key of fixed length: normalising may make a name up to 18 times as
// long, and keys of a table have an end.
func Key(name string) string {
	sum := sha256.Sum256([]byte(Fold(name)))
	return hex.EncodeToString(sum[:])
}
