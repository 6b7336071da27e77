extension ServiceError.Code {
    /// The HTTP status that an error of this kind is answered with: the one table of them.
    var status: Int {
        switch self {
        case .malformed, .parameterInvalid: 400
        case .unauthenticated, .badCredentials: 401
        case .forbidden, .setupOver, .hostNotAllowed, .originNotAllowed, .planTextNotAllowed, .cameraNotAllowed,
            .credentialsNotAllowed:
            403
        case .notFound, .planUnknown, .instanceUnknown, .stageUnknown, .sourceUnknown, .tapUnknown, .notDetecting,
            .notVideo,
            .channelUnknown, .userUnknown, .tokenUnknown, .sessionUnknown:
            404
        case .methodNotAllowed: 405
        case .notAcceptable: 406
        case .timeout: 408
        case .instanceExists, .instanceDeclared, .userExists, .tokenExists, .instanceNotRunning, .channelInUse: 409
        case .tooLarge: 413
        case .notJSON: 415
        case .requestInvalid, .nameInvalid, .planInvalid, .planUnreadable, .optionsInvalid, .controlsInvalid,
            .credentialsUnknown, .userInvalid, .tokenInvalid, .passwordInvalid:
            422
        case .upgradeRequired: 426
        case .tooManyRequests, .tooManyChannels, .tooManyChanges, .tooManyLogins: 429
        case .headerTooLarge: 431
        case .plansUnreadable, .configuration, .workerMissing, .workerFailed, .internal: 500
        case .methodUnknown: 501
        case .cameraUnauthorized, .cameraFailed: 502
        case .noPicture, .tooManyInstances, .tooManyConnections, .tooManyViewers, .stageLate, .shuttingDown,
            .hostExhausted, .stateUnavailable, .deviceUnavailable:
            503
        case .cameraLate: 504
        case .stateFull: 507
        }
    }
}
