import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite("The book of who may come in")
struct AccessBookTests {
    private final class Clock: Sendable {
        private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
        var now: Date { time.withLock { $0 } }
        func advance(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
        var microseconds: Int64 { Int64(now.timeIntervalSince1970 * 1_000_000) }
    }

    private func book(_ clock: Clock, views: [ViewRight] = []) -> AccessBook {
        let book = AccessBook(now: { clock.now })
        book.replace(
            AccessRecords(
                users: [TestAccess.user("vera", .viewer, views: views)],
                sessions: [TestAccess.session(1, "vera", "secret", created: clock.microseconds)],
                tokens: [
                    TestAccess.token(
                        1, "t", "token", Rights(role: .operator), expires: clock.microseconds + 60_000_000)
                ]))
        return book
    }

    @Test("A session that is not used is over after a week; one that is, after a month")
    func sessionTimes() {
        let clock = Clock()
        let idle = book(clock)
        clock.advance(7 * 86_400 - 1)
        #expect(idle.identity(session: "secret") != nil)
        clock.advance(7 * 86_400 - 1)
        #expect(idle.identity(session: "secret") != nil)
        clock.advance(7 * 86_400 + 1)
        #expect(idle.identity(session: "secret") == nil)
        #expect(idle.overdue == [1])

        let used = book(clock)
        for _ in 0..<29 {
            clock.advance(86_400)
            #expect(used.identity(session: "secret") != nil)
        }
        clock.advance(86_400 + 1)
        #expect(used.identity(session: "secret") == nil)
    }

    @Test("What is open keeps a session in use, and ends with it")
    func openSessions() throws {
        let clock = Clock()
        let book = book(clock)
        let ended = Mutex(0)
        let identity = try #require(book.identity(session: "secret"))
        _ = book.lease(identity) { ended.withLock { $0 += 1 } }
        for _ in 0..<28 {
            clock.advance(86_400)
            _ = book.takeSeen()
            book.review()
        }
        #expect(ended.withLock { $0 } == 0)
        clock.advance(3 * 86_400)
        book.review()
        #expect(ended.withLock { $0 } == 1)
        book.review()
        #expect(ended.withLock { $0 } == 1)
    }

    @Test("A token that is over lets nobody in and ends what is open")
    func tokenEnds() throws {
        let clock = Clock()
        let book = book(clock)
        let ended = Mutex(false)
        _ = book.lease(try #require(book.identity(token: "token"))) { ended.withLock { $0 = true } }
        clock.advance(61)
        #expect(book.identity(token: "token") == nil)
        book.review()
        #expect(ended.withLock { $0 })
    }

    @Test("Who was taken out between asking and opening gets nothing")
    func race() throws {
        let clock = Clock()
        let book = book(clock)
        let identity = try #require(book.identity(session: "secret"))
        book.replace(AccessRecords())
        let ended = Mutex(false)
        _ = book.lease(identity) { ended.withLock { $0 = true } }
        #expect(ended.withLock { $0 })
    }

    @Test("What was given back is not ended")
    func givenBack() throws {
        let clock = Clock()
        let book = book(clock)
        let ended = Mutex(false)
        book.giveBack(book.lease(try #require(book.identity(session: "secret"))) { ended.withLock { $0 = true } })
        book.replace(AccessRecords())
        #expect(!ended.withLock { $0 })
    }

    @Test("With users nobody is let in for being at this machine; without, nobody who is not")
    func open() {
        let local = AccessBook()
        #expect(local.isOpen)
        local.replace(AccessRecords(users: [TestAccess.user("vera", .viewer)]))
        #expect(!local.isOpen)
        #expect(!AccessBook(isLocal: false).isOpen)
        #expect(AccessBook(allowsAnyone: true, isLocal: false).isOpen)
    }
}
