package accesskey

import (
	"slices"
	"strings"
)

// Redact replaces every access key and management key in the text by a placeholder. It finds them by format
// like [Pattern], also if characters are percent-encoded, once or repeatedly, or if the end is cut off or
// mistyped: a prefix with more than an id after it counts as a key.
func Redact(text string) string {
	found := appendKeys(nil, decoded{text: text})
	for level, more := (decoded{text: text}).decode(); more; level, more = level.decode() {
		found = appendKeys(found, level)
	}
	if len(found) == 0 {
		return text
	}
	slices.SortFunc(found, func(a, b span) int { return a.start - b.start })
	var out strings.Builder
	kept := 0 // end of the processed text
	for _, s := range found {
		if s.start >= kept {
			out.WriteString(text[kept:s.start])
			out.WriteString(redacted)
		}
		kept = max(kept, s.end)
	}
	out.WriteString(text[kept:])
	return out.String()
}

// span is a range of a text.
type span struct{ start, end int }

// appendKeys appends the spans of the keys in the text, as positions in the original.
func appendKeys(found []span, d decoded) []span {
	for i := 0; ; i++ { // also within a key, since another key may follow without a gap
		next := strings.Index(d.text[i:], "arx")
		if next < 0 {
			return found
		}
		i += next
		if end, ok := keyEnd(d.text, i); ok {
			found = append(found, span{d.at(i), d.at(end)})
		}
	}
}

// keyEnd returns the end of the key that starts at start. ok is false if there is none.
func keyEnd(text string, start int) (int, bool) {
	for _, prefix := range prefixes {
		if !strings.HasPrefix(text[start:], prefix) {
			continue
		}
		tail := start + len(prefix)
		end := tail
		for end < len(text) && isBase62(text[end:end+1]) {
			end++
		}
		return end, end-tail > idChars
	}
	return 0, false
}

// prefixes are the prefixes of keys.
var prefixes = []string{
	managementPrefix,
	keyPrefix + string(Development) + "_", keyPrefix + string(Testing) + "_", keyPrefix + string(Staging) + "_", keyPrefix + string(Production) + "_",
}

// decoded is a text with some layers of percent-encoding removed.
type decoded struct {
	text string
	from []int // position of each character, and of the end, in the original; nil for the original
}

func (d decoded) at(i int) int {
	if d.from == nil {
		return i
	}
	return d.from[i]
}

// decode removes one layer of percent-encoding, and reports whether there was one.
func (d decoded) decode() (next decoded, more bool) {
	if !strings.Contains(d.text, "%") {
		return decoded{}, false
	}
	var text strings.Builder
	var from []int
	for i := 0; i < len(d.text); i++ {
		from = append(from, d.at(i))
		if c, ok := unescape(d.text[i:]); ok {
			text.WriteByte(c)
			i += 2
			more = true
		} else {
			text.WriteByte(d.text[i])
		}
	}
	return decoded{text.String(), append(from, d.at(len(d.text)))}, more
}

// unescape returns the percent-encoded character at the start of the text.
func unescape(text string) (byte, bool) {
	if len(text) < 3 || text[0] != '%' {
		return 0, false
	}
	high, ok := hexDigit(text[1])
	low, also := hexDigit(text[2])
	return high<<4 | low, ok && also
}

func hexDigit(c byte) (byte, bool) {
	switch lower := c | 0x20; {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= lower && lower <= 'f':
		return lower - 'a' + 10, true
	}
	return 0, false
}
