package accesskey

import (
	"strconv"
	"strings"
)

// maxEncodings is how many times a text may be encoded on top of itself before Find gives up.
const maxEncodings = 8

// Find returns the first access key or management key that a text contains, and whether there is
// one: the whole form, with a checksum that fits, anywhere in the text. It also finds a key in a
// text that is percent-encoded or written with \u escapes, both up to eight times over.
//
// Find does not decide on a text that is encoded more often: found is true, and the key is the zero
// Secret.
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

// Contains reports whether Find finds anything in the text.
func Contains(text string) bool {
	_, found := Find(text)
	return found
}

// findPlain returns the first key that stands in the text as it is.
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

// decodeOnce replaces every %41 and every \u0041 by the character that it stands for, and leaves the
// rest as it is. Backslashes that escape the one of \u0041, as in JSON inside of JSON, go with it.
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

// hex returns the number that follows the mark at the start of the text in so many hexadecimal
// digits, and whether there is one.
func hex(text, mark string, digits int) (rune, bool) {
	rest, ok := strings.CutPrefix(text, mark)
	if !ok || len(rest) < digits {
		return 0, false
	}
	number, err := strconv.ParseUint(rest[:digits], 16, 16)
	return rune(number), err == nil
}
