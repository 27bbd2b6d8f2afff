// Package character classifies characters by their visibility.
package character

import "unicode"

// Ignorable reports whether a renderer that does not support the character should display nothing for it,
// not even a space: the property Default_Ignorable_Code_Point of Unicode (UAX #44). Examples are zero-width
// characters, soft hyphens, tags, fillers and variation selectors.
func Ignorable(r rune) bool {
	switch {
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r):
		return true
	case !unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false
	}
	return (r < 0xFFF9 || r > 0xFFFB) && (r < 0x13430 || r > 0x1343F) // annotations, and joiners of hieroglyphs
}

// Blank reports whether the character is a symbol or a letter with an empty glyph.
func Blank(r rune) bool {
	switch r {
	case '\u2800', '\U00013441', '\U00013442', '\U00016FE4', '\U0001D159':
		return true
	}
	return false
}

// Visible reports whether the character is visible by itself.
func Visible(r rune) bool {
	drawn := unicode.IsGraphic(r) || unicode.Is(unicode.Prepended_Concatenation_Mark, r)
	return drawn && !unicode.IsSpace(r) && !Ignorable(r) && !Blank(r)
}

// Directs reports whether the character controls the direction of surrounding text: the property
// Bidi_Control of Unicode. Such a character can make one text look like another.
func Directs(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// Hidden returns the first character of a text that is invisible and has no meaning in its place. Joiners
// and variation selectors have a meaning in emoji and in many scripts; they count as hidden after other
// characters, such as a Latin letter, and at the start.
func Hidden(text string) (hidden rune, found bool) {
	var before rune // the previous character; 0 at the start
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

// joins reports whether a joiner may follow the character: a letter or a sign of a script with joined
// letters, or an emoji.
func joins(r rune) bool { return r > unicode.MaxLatin1 && Visible(r) && !alphabetic(r) }

// alphabetic reports whether the character belongs to a script without joined letters and variants.
func alphabetic(r rune) bool { return unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) }
