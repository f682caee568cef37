using System.Net;
using Memento.Participants;
using Memento.Tests.Conformance;

namespace Memento.Tests.Transactions;

/// <summary>The messages that end transactions in a silo in which they have only read.</summary>
public sealed class EndedReadsTests
{
    private static readonly SiloAddress Silo =
        SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 1);

    private static readonly SiloAddress Other =
        SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 2), 1);

    private readonly FakeSilos _silos = new();

    [Fact]
    public async Task What_ends_while_a_message_is_under_way_goes_with_the_next_one()
    {
        EndedReads ended = Make();
        Guid[] ids = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];

        ended.Add(Silo, ids[0]);
        FakeSilos.Message first = await _silos.NextAsync(1);
        ended.Add(Silo, ids[1]);
        ended.Add(Silo, ids[2]);

        Assert.Equal([ids[0]], first.Ended);
        Assert.Equal(ids.Order(), ended.In(Silo)!.Order());
        Assert.Null(ended.In(Other));
        Assert.Null(ended.In(null));
        first.Answered.SetResult();
        FakeSilos.Message second = await _silos.NextAsync(2);
        Assert.Equal(ids[1..].Order(), second.Ended.Order());
        second.Answered.SetResult();
        await Waiting.UntilAsync(() => ended.In(Silo) is null, "all are confirmed");
    }

    [Fact]
    public async Task What_another_message_has_taken_along_is_not_told_again()
    {
        EndedReads ended = Make();
        Guid[] ids = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        ended.Add(Silo, ids[0]);
        FakeSilos.Message first = await _silos.NextAsync(1);
        ended.Add(Silo, ids[1]);

        ended.Confirm(Silo, ended.In(Silo)!);
        first.Answered.SetResult();

        Assert.Null(ended.In(Silo));
        ended.Add(Silo, ids[2]);
        Assert.Equal([ids[2]], (await _silos.NextAsync(2)).Ended);
    }

    [Fact]
    public async Task A_silo_that_is_not_reached_is_told_again_until_it_is_dead()
    {
        EndedReads ended = Make();
        var id = Guid.NewGuid();
        ended.Add(Silo, id);
        (await _silos.NextAsync(1)).Answered.SetException(new TimeoutException());

        FakeSilos.Message again = await _silos.NextAsync(2);
        Assert.Equal([id], again.Ended);
        _silos.AreDead = true;
        again.Answered.SetException(new TimeoutException());

        await Waiting.UntilAsync(() => ended.In(Silo) is null, "the dead silo is told no more");
    }

    private EndedReads Make() => new(_silos, TimeProvider.System);

    private sealed class FakeSilos : IReadSilos
    {
        private readonly List<Message> _messages = [];

        public bool AreDead { get; set; }

        public bool IsDead(SiloAddress silo) => AreDead;

        public Task EndReadsAsync(SiloAddress silo, Guid[] transactionIds)
        {
            var message = new Message(transactionIds);
            lock (_messages)
                _messages.Add(message);
            return message.Answered.Task;
        }

        public async Task<Message> NextAsync(int count)
        {
            await Waiting.UntilAsync(() => Count >= count, $"message {count} is sent");
            lock (_messages)
                return _messages[count - 1];
        }

        private int Count
        {
            get
            {
                lock (_messages)
                    return _messages.Count;
            }
        }

        public sealed record Message(Guid[] Ended)
        {
            public TaskCompletionSource Answered { get; } =
                new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
