extension Diagnostic {
    /// The stable name of a kind of diagnostic, for example `unknown_element`.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
        /// As it stands in JSON.
        public var rawValue: String
        /// A code by its name; those that exist are the constants below.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// A code by its name; those that exist are the constants below.
        public init(_ rawValue: String) { self.rawValue = rawValue }
        /// The name.
        public var description: String { rawValue }

        /// Reads the name alone, without a key.
        public init(from decoder: any Decoder) throws {
            rawValue = try decoder.singleValueContainer().decode(String.self)
        }

        /// Writes the name alone, without a key.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(rawValue)
        }
    }
}

extension Diagnostic.Code {
    // Text and structure.
    /// A word stands where it cannot.
    public static let syntax = Self("syntax")
    /// Nothing stands before or behind a `!`, or nothing follows `NAME.`.
    public static let danglingLink = Self("dangling_link")
    /// A quote is not closed on its line.
    public static let unterminatedString = Self("unterminated_string")
    /// There is nothing but comments.
    public static let emptyPlan = Self("empty_plan")
    /// `NAME.` names nothing in the plan.
    public static let unknownBranch = Self("unknown_branch")
    /// Two nodes have the same name.
    public static let duplicateName = Self("duplicate_name")
    /// A name has characters that it may not have.
    public static let invalidName = Self("invalid_name")
    /// gst-launch takes it, plans do not.
    public static let unsupportedSyntax = Self("unsupported_syntax")
    /// The text is too long, or there is too much of something.
    public static let limitExceeded = Self("limit_exceeded")
    // Front matter and parameters.
    /// The front matter is not closed, is not YAML, or says something that it cannot.
    public static let frontMatter = Self("front_matter")
    /// `${NAME}` is not declared, or a value was given for no parameter.
    public static let unknownParameter = Self("unknown_parameter")
    /// A parameter without a default has no value.
    public static let missingParameter = Self("missing_parameter")
    /// A value, a default or a use does not fit the declared type.
    public static let parameterType = Self("parameter_type")
    /// A value is not among those that the declaration allows.
    public static let parameterRange = Self("parameter_range")
    /// `${NAME}` stands where only literal text can.
    public static let parameterNotAllowedHere = Self("parameter_not_allowed_here")
    /// There is no stored secret of this name, or it cannot be read.
    public static let unknownSecret = Self("unknown_secret")
    /// A stored secret would go where somebody else says.
    public static let secretNotAllowed = Self("secret_not_allowed")
    /// A declared parameter is used nowhere; a warning.
    public static let unusedParameter = Self("unused_parameter")
    // Elements, stages, taps; found when the plan is built.
    /// No element or stage has this name.
    public static let unknownElement = Self("unknown_element")
    /// The element has no such property, or it can only be read.
    public static let unknownProperty = Self("unknown_property")
    /// The value is of another type than the property.
    public static let propertyType = Self("property_type")
    /// The number is outside what the property takes.
    public static let propertyRange = Self("property_range")
    /// A stage or a tap has no such option.
    public static let unknownOption = Self("unknown_option")
    /// The value is of another type than the option.
    public static let optionType = Self("option_type")
    /// The value is outside what the option takes.
    public static let optionRange = Self("option_range")
    /// An option that has no default was not given.
    public static let missingOption = Self("missing_option")
    /// An option that counts only when a plan starts was to be changed while it runs.
    public static let optionNotLive = Self("option_not_live")
    /// A property is set twice, and the last one counts; a warning.
    public static let duplicateProperty = Self("duplicate_property")
    /// A caps filter is not written as caps are.
    public static let invalidCaps = Self("invalid_caps")
    /// Two nodes cannot be linked.
    public static let cannotLink = Self("cannot_link")
    /// Nothing flows into a stage, a tap or a caps filter.
    public static let stageNeedsInput = Self("stage_needs_input")
    /// A stage and an element have the same name, and the stage is taken; a warning.
    public static let stageHidesElement = Self("stage_hides_element")
    /// A display sink became a tap; a warning.
    public static let displaySink = Self("display_sink")
    /// The plan has no tap and got one; a warning.
    public static let impliedTap = Self("implied_tap")
    /// A value from the network breaks the rule of its format, or the parameter needs one.
    public static let parameterFormat = Self("parameter_format")
    /// The plan makes sense, and this version cannot do it.
    public static let notYetSupported = Self("not_yet_supported")
    // What runs and will still hurt.
    /// Two names are easily mixed up.
    public static let similarNames = Self("similar_names")
    /// A branch of a written-out `tee` has no queue.
    public static let teeWithoutQueue = Self("tee_without_queue")
    /// A queue before something slow can stop all branches of a live source.
    public static let queueCanBlock = Self("queue_can_block")
    /// `rtspsrc` without `latency` holds pictures back.
    public static let rtspsrcLatency = Self("rtspsrc_latency")
    /// `souphttpsrc` reads a camera, and is not told so.
    public static let httpCameraNotLive = Self("http_camera_not_live")
    /// A sink with `sync=true` makes a live branch wait.
    public static let syncOnLive = Self("sync_on_live")
    /// A recording that ends otherwise than it should cannot be played.
    public static let recordingLostAtCrash = Self("recording_lost_at_crash")
    /// An element lets the camera choose which code reads its data.
    public static let automaticDecoder = Self("automatic_decoder")
    /// A tap shows very large raw pictures in full size.
    public static let largeTap = Self("large_tap")
    /// A text that is drawn is taken for markup and is none: nothing is drawn.
    public static let textIsNoMarkup = Self("text_is_no_markup")
    /// Stages and taps get pictures whose rows are of two moments.
    public static let interlacedPictures = Self("interlaced_pictures")
    /// A chain ends in an element that wants to pass something on.
    public static let openEnd = Self("open_end")
    /// The camera cannot be left alone while nobody looks: something in the plan always does.
    public static let alwaysCaptured = Self("always_captured")
    // Text from the network.
    /// Text from the network may not use this element.
    public static let elementNotAllowed = Self("element_not_allowed")
    /// Text from the network may not set this property.
    public static let propertyNotAllowed = Self("property_not_allowed")
    /// Text from the network may not give this value.
    public static let valueNotAllowed = Self("value_not_allowed")
    /// Text from the network may hold no `pattern`.
    public static let patternNotAllowed = Self("pattern_not_allowed")
    /// An invisible character makes text look like other text.
    public static let deceptiveCharacter = Self("deceptive_character")
}
