package secret

// Unstored is what a tab remembers of a secret while it is on the screen, so that a reload, which loses the
// secret, can say whose it was. It never contains the secret.
type Unstored struct {
	ID      string `json:"id"`   // of the key
	Name    string `json:"name"` // of the key; may be empty
	Rotated bool   `json:"rotated,omitempty"`
}

// drafts is what the screen needs of a session.
type drafts interface {
	Draft(name string, v any) bool
	KeepDraft(name string, v any)
	DropDraft(name string)
}

// unstored is the name of the draft.
const unstored = "unstored"

// Unstored returns whose secret a reload has lost, if it has lost one.
func (s *Screen) Unstored() (lost Unstored, ok bool) {
	ok = s.drafts.Draft(unstored, &lost)
	return lost, ok
}

// DropUnstored forgets that a secret was lost.
func (s *Screen) DropUnstored() { s.drafts.DropDraft(unstored) }
