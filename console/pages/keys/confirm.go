package keys

import (
	"fmt"
	"strings"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
)

// judge compares the typed text with the id of an API key. It returns why the text is right or why it is
// wrong; both are empty while the text is incomplete. The id is right, and so is its access key, which is
// checked by its checksum and the id inside it. Spaces around them, which come with a paste, do not count. The
// typed text is not sent anywhere.
func judge(typed, id string) (right, wrong string) {
	trimmed := strings.TrimSpace(typed)
	switch {
	case trimmed == id:
		return "That is this key.", ""
	case strings.HasPrefix(id, trimmed):
		return "", ""
	case strings.EqualFold(trimmed, id):
		return "", "Upper and lower case differ. Copy the id instead of typing it."
	case strings.HasPrefix(trimmed, "arxk_") || strings.HasPrefix(trimmed, "arxm_"):
		return judgeSecret(trimmed, id)
	case api.ValidID(api.KeyPrefix, trimmed):
		return "", "That is another API key."
	}
	return "", "That is not this API key."
}

// judgeSecret judges a text that begins like an access key.
func judgeSecret(text, id string) (right, wrong string) {
	secret, err := accesskey.Parse(text)
	switch {
	case err != nil && len(text) < accessKeyChars:
		return "", fmt.Sprintf("An access key has %d characters, and these are %d.", accessKeyChars, len(text))
	case err != nil:
		return "", "This is not a valid access key: its checksum does not match. Paste the whole access key again."
	case secret.IsManagement():
		return "", "That is a management key, not an access key."
	case api.KeyPrefix+secret.ID() != id:
		return "", "That is the access key of another API key, `" + api.KeyPrefix + secret.ID() + "`."
	}
	return "That is the access key of this key.", ""
}

// accessKeyChars is the length of an access key: arxk_prd_, an id, a secret and a checksum.
const accessKeyChars = 74
