package ui

import "regexp"

// heldKey finds an access key or a management key, and one that was mistyped or broken while it was
// copied: wider than accesskey.Pattern, because a secret with a wrong letter is still a secret.
var heldKey = regexp.MustCompile(`(?i)arx([km])_.*?[0-9a-z_-]{17,}`)

// keyID finds the id within such a key: the 16 characters after what its environment shares.
var keyID = regexp.MustCompile(`(?i)arx[km]_(?:[a-z]{1,11}_)?([0-9a-z]{16})`)

// redact returns what may be searched for, because a search stands in addresses and in logs. Of a
// text that holds an access key it is the id of that key alone, or nothing where the id cannot be
// read; held reports that.
func redact(text string) (safe string, held bool) {
	found := heldKey.FindStringSubmatch(text)
	if found == nil {
		return text, false
	}
	id := keyID.FindStringSubmatch(found[0])
	switch {
	case id == nil:
		return "", true
	case found[1] == "m" || found[1] == "M":
		return "mgk_" + id[1], true
	}
	return "key_" + id[1], true
}
