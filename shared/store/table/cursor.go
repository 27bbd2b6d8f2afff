package table

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

const cursorTag = 8 // bytes

// Cursor returns an opaque cursor for a position in a list. The list is everything that determines its
// content: the operation, the tenant, the filters.
func Cursor(position string, list ...string) string {
	return base64.RawURLEncoding.EncodeToString(append(tag(list), position...))
}

// Position returns the position of the cursor, an id with the prefix. It returns "" for the empty cursor,
// and problem.InvalidField for a malformed cursor or one of another list.
//
// Cursors are not signed: a cursor names a position in a partition that the caller may read anyway.
func Position(cursor, prefix string, list ...string) (string, error) {
	id, by, err := SortedPosition(cursor, prefix, list...)
	if by != "" {
		return "", errCursor
	}
	return id, err
}

// SortedPosition is Position for a list with another sort order. Its cursors contain an id with the prefix,
// followed by the value that the list is sorted by.
func SortedPosition(cursor, prefix string, list ...string) (id, by string, err error) {
	if cursor == "" {
		return "", "", nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	end := cursorTag + len(prefix) + api.IDChars
	if err != nil || strings.ContainsAny(cursor, "\r\n") || len(raw) < end || !bytes.Equal(raw[:cursorTag], tag(list)) || !api.ValidID(prefix, string(raw[cursorTag:end])) {
		return "", "", errCursor
	}
	return string(raw[cursorTag:end]), string(raw[end:]), nil
}

var errCursor = problem.Invalid(problem.Field{
	Field: "cursor", Code: "invalid", Detail: "not a cursor of this list. Start again without it, with the same filters.",
})

func tag(list []string) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", list))
	return sum[:cursorTag]
}
