// Package character defines which characters a person can see.
package character

import "unicode"

// Ignorable reports whether programs that draw text are to draw nothing for the character, not even
// a space, unless they know better: the property Default_Ignorable_Code_Point of Unicode (UAX #44).
// Zero-width characters, soft hyphens, tags, fillers and variation selectors are among them.
func Ignorable(r rune) bool {
	switch {
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r):
		return true
	case !unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false
	}
	return (r < 0xFFF9 || r > 0xFFFB) && (r < 0x13430 || r > 0x1343F) // annotations, and joiners of hieroglyphs
}

// Blank reports whether the character is a symbol or a letter whose drawing is empty.
func Blank(r rune) bool {
	switch r {
	case '\u2800', '\U00013441', '\U00013442', '\U00016FE4', '\U0001D159':
		return true
	}
	return false
}

// Visible reports whether there is something to see of the character by itself.
func Visible(r rune) bool {
	drawn := unicode.IsGraphic(r) || unicode.Is(unicode.Prepended_Concatenation_Mark, r)
	return drawn && !unicode.IsSpace(r) && !Ignorable(r) && !Blank(r)
}

// Directs reports whether the character sets the direction of the text around it: the property
// Bidi_Control of Unicode. It may make one text look like another.
func Directs(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// Hidden returns the first character of a text that nobody sees and that means nothing where it
// stands, and whether there is one. Joiners and variation selectors mean something in emoji and in
// many scripts: they count as hidden where none of these is before them, as after a Latin letter or
// at the start.
func Hidden(text string) (hidden rune, found bool) {
	var before rune // the character before; 0 at the start
	for _, r := range text {
		switch {
		case Blank(r):
			return r, true
		case r == '\u200c' || r == '\u200d': // a joiner; an emoji before it may have a selector
			if !joins(before) && !unicode.Is(unicode.Variation_Selector, before) {
				return r, true
			}
		case unicode.Is(unicode.Variation_Selector, r):
			if !Visible(before) || alphabetic(before) {
				return r, true
			}
		case Ignorable(r):
			return r, true
		}
		before = r
	}
	return 0, false
}

// joins reports whether a joiner may follow the character: a letter or a sign of a script with
// joined letters, or an emoji.
func joins(r rune) bool { return r > unicode.MaxLatin1 && Visible(r) && !alphabetic(r) }

// alphabetic reports whether the character is of a script whose letters are neither joined nor
// varied.
func alphabetic(r rune) bool { return unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) }
