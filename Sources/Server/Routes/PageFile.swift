import Foundation
import NIOCore

/// A file of `Page/` or `Examples/`, compiled into the program.
struct PageFile: Sendable {
    let name: String
    let type: String
    /// SHA-256 of the script that stands in it, base64; nil: its scripts are files of their own.
    let script: String?
    let content: ByteBuffer
    /// Changes with the content.
    let tag: EntityTag

    private init(_ name: String, _ bytes: [UInt8], script: String? = nil) {
        self.name = name
        self.script = script
        content = ByteBuffer(bytes: bytes)
        type =
            switch name.split(separator: ".").last {
            case "html": "text/html; charset=utf-8"
            case "js": "text/javascript; charset=utf-8"
            case "css": "text/css; charset=utf-8"
            case "svg": "image/svg+xml"
            default: "application/octet-stream"
            }
        tag = EntityTag(bytes)
    }

    /// A new file of `Page/` is served once it stands here; a test compares the two.
    static let all: [PageFile] = [
        PageFile("account.js", PackageResources.account_js),
        PageFile("age-clock.js", PackageResources.age_clock_js),
        PageFile("api.js", PackageResources.api_js),
        PageFile("back-off.js", PackageResources.back_off_js),
        PageFile("camera-panel.js", PackageResources.camera_panel_js),
        PageFile("camera-search.js", PackageResources.camera_search_js),
        PageFile("code-field.js", PackageResources.code_field_js),
        PageFile("connection.js", PackageResources.connection_js),
        PageFile("detecting.js", PackageResources.detecting_js),
        PageFile("detection-boxes.js", PackageResources.detection_boxes_js),
        PageFile("diagnostics.js", PackageResources.diagnostics_js),
        PageFile("dom.js", PackageResources.dom_js),
        PageFile("editor.css", PackageResources.editor_css),
        PageFile("embed.html", PackageResources.embed_html),
        PageFile("embed.js", PackageResources.embed_js),
        PageFile("favicon.svg", PackageResources.favicon_svg),
        PageFile("format.js", PackageResources.format_js),
        PageFile("fragmented-mp4.js", PackageResources.fragmented_mp4_js),
        PageFile("frame-message.js", PackageResources.frame_message_js),
        PageFile("graph-layout.js", PackageResources.graph_layout_js),
        PageFile("graph-node.js", PackageResources.graph_node_js),
        PageFile("graph-view.js", PackageResources.graph_view_js),
        PageFile("graph.css", PackageResources.graph_css),
        PageFile("html-pattern.js", PackageResources.html_pattern_js),
        PageFile("icons.js", PackageResources.icons_js),
        PageFile("index.html", PackageResources.index_html),
        PageFile("instance-card.js", PackageResources.instance_card_js),
        PageFile("instance-graph.js", PackageResources.instance_graph_js),
        PageFile("instance-list.js", PackageResources.instance_list_js),
        PageFile("instance-store.js", PackageResources.instance_store_js),
        PageFile("live-picture.js", PackageResources.live_picture_js),
        PageFile("main.js", PackageResources.main_js),
        PageFile("media-source-decoding.js", PackageResources.media_source_decoding_js),
        PageFile("message-budget.js", PackageResources.message_budget_js),
        PageFile("modal.js", PackageResources.modal_js),
        PageFile("pan.js", PackageResources.pan_js),
        PageFile("picture-engine.js", PackageResources.picture_engine_js),
        PageFile("picture-numbers.js", PackageResources.picture_numbers_js),
        PageFile("picture-painter.js", PackageResources.picture_painter_js),
        PageFile("picture-size.js", PackageResources.picture_size_js),
        PageFile("picture-status.js", PackageResources.picture_status_js),
        PageFile("picture-worker.js", PackageResources.picture_worker_js),
        PageFile("pictures.js", PackageResources.pictures_js),
        PageFile("plan-dialog.js", PackageResources.plan_dialog_js),
        PageFile("plan-editor.js", PackageResources.plan_editor_js),
        PageFile("plan-fields.js", PackageResources.plan_fields_js),
        PageFile("plan-form.js", PackageResources.plan_form_js),
        PageFile("plan-list.js", PackageResources.plan_list_js),
        PageFile("player.js", PackageResources.player_js),
        PageFile("segmented.js", PackageResources.segmented_js),
        PageFile("session.js", PackageResources.session_js),
        PageFile("side-panel.js", PackageResources.side_panel_js),
        PageFile("sign-in.js", PackageResources.sign_in_js),
        PageFile("snapshot.js", PackageResources.snapshot_js),
        PageFile("source-places.js", PackageResources.source_places_js),
        PageFile("stage-panel.js", PackageResources.stage_panel_js),
        PageFile("state-announcer.js", PackageResources.state_announcer_js),
        PageFile("style.css", PackageResources.style_css),
        PageFile("tap-channel.js", PackageResources.tap_channel_js),
        PageFile("tap-dialog.js", PackageResources.tap_dialog_js),
        PageFile("tap-facts.js", PackageResources.tap_facts_js),
        PageFile("tap-link.js", PackageResources.tap_link_js),
        PageFile("tap-screen.js", PackageResources.tap_screen_js),
        PageFile("tap-stage.js", PackageResources.tap_stage_js),
        PageFile("tap-upstream.js", PackageResources.tap_upstream_js),
        PageFile("tap-view.js", PackageResources.tap_view_js),
        PageFile("tap.css", PackageResources.tap_css),
        PageFile("ticking.js", PackageResources.ticking_js),
        PageFile("validation.js", PackageResources.validation_js),
        PageFile("video-decoding.js", PackageResources.video_decoding_js),
        PageFile("wall-address.js", PackageResources.wall_address_js),
        PageFile("wall-choice.js", PackageResources.wall_choice_js),
        PageFile("wall.css", PackageResources.wall_css),
        PageFile("wall.js", PackageResources.wall_js),
        PageFile("zoom.js", PackageResources.zoom_js),
    ]

    /// Pages that show how to write one: what README.md and docs/api.md print. A test compares the hashes, too.
    static let examples: [PageFile] = [
        PageFile("examples.html", PackageResources.examples_html),
        PageFile(
            "one-tap.html", PackageResources.one_tap_html, script: "SNZvVlWaiP2qtLzF1YBr9QXev1idWdVmMQ9Vqv/EEOI="),
        PageFile(
            "many-taps.html", PackageResources.many_taps_html, script: "wFctj+p3pAoY6xaxGcyuUmzMDnI7B38a7q25GpqcYCQ="),
    ]
}
