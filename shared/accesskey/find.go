package accesskey

import (
	"strconv"
	"strings"
)

// maxEncodings bounds how many layers of encoding Find decodes.
const maxEncodings = 8

// Find returns the first access key or management key in a text, with a valid checksum. It also finds a key
// in text that is percent-encoded or contains \u escapes, up to eight layers deep.
//
// For text with more layers, found is true and key is the zero Secret: Find cannot tell whether it contains
// a key.
func Find(text string) (key Secret, found bool) {
	for range maxEncodings {
		if key, found = findPlain(text); found {
			return key, true
		}
		decoded := decodeOnce(text)
		if decoded == text {
			return Secret{}, false
		}
		text = decoded
	}
	key, _ = findPlain(text)
	return key, true
}

// Contains reports whether Find finds a key in the text.
func Contains(text string) bool {
	_, found := Find(text)
	return found
}

// findPlain returns the first unencoded key in the text.
func findPlain(text string) (Secret, bool) {
	const mark = "arx"
	for {
		at := strings.Index(text, mark)
		if at < 0 {
			return Secret{}, false
		}
		text = text[at:]
		for _, chars := range [...]int{len(managementPrefix) + tailChars, len(keyPrefix) + len("prd_") + tailChars} {
			if len(text) < chars {
				continue
			}
			if key, err := Parse(strings.Clone(text[:chars])); err == nil {
				return key, true
			}
		}
		text = text[len(mark):]
	}
}

// decodeOnce decodes every %41 and every \u0041 and leaves the rest unchanged. It also removes backslashes
// that escape the one of \u0041, as in JSON inside JSON.
func decodeOnce(text string) string {
	if !strings.ContainsAny(text, `%\`) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for len(text) > 0 {
		mark := len(text) - len(strings.TrimLeft(text, `\`))
		switch {
		case mark > 0:
			if r, ok := hex(text[mark:], "u", 4); ok {
				b.WriteRune(r)
				mark += len("u0041")
			} else {
				b.WriteString(text[:mark])
			}
		default:
			mark = 1
			if r, ok := hex(text, "%", 2); ok {
				b.WriteByte(byte(r))
				mark = len("%41")
			} else {
				b.WriteByte(text[0])
			}
		}
		text = text[mark:]
	}
	return b.String()
}

// hex parses the hexadecimal number that follows the mark at the start of the text. ok is false if there is
// none.
func hex(text, mark string, digits int) (rune, bool) {
	rest, ok := strings.CutPrefix(text, mark)
	if !ok || len(rest) < digits {
		return 0, false
	}
	number, err := strconv.ParseUint(rest[:digits], 16, 16)
	return rune(number), err == nil
}
