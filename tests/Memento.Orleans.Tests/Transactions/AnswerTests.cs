using Memento.Partitions;
using Memento.Tables;

namespace Memento.Tests.Transactions;

public sealed class AnswerTests
{
    private static readonly TableDefinition Notes = TableDefinitionReader.Read(typeof(Note));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_chunk_of_large_records_ends_where_the_message_is_full(bool isOrdered)
    {
        byte[][] places = [[1], [2], [3], [4]];
        var chunk = new Chunk
        {
            Records = [.. places.Select(
                place => (object)Make(place[0], Answer.MaxBytes * 2 / 3))],
            Places = isOrdered ? places : null,
            Ends = places,
            Count = 4,
            Read = 9,
            Last = null,
        };

        Chunk answered = Travel(chunk);

        Assert.Equal(chunk.Records.Take(2), answered.Records);
        Assert.Equal(2, answered.Count);
        Assert.Equal(isOrdered ? places[..2] : null, answered.Places);
        Assert.Equal(places[1], answered.Last);
    }

    [Fact]
    public void A_chunk_that_fits_is_answered_whole()
    {
        var chunk = new Chunk
        {
            Records = [Make(1, 10), Make(2, Answer.MaxBytes)],
            Places = null,
            Ends = [[1], [2]],
            Count = 2,
            Read = 2,
            Last = null,
        };

        Chunk answered = Travel(chunk);

        Assert.Equal(chunk.Records, answered.Records);
        Assert.Null(answered.Last);
    }

    private static Chunk Travel(Chunk chunk)
        => AnswerCodecs.Chunk.Decode(Notes, AnswerCodecs.Chunk.Encode(Notes, chunk));

    private static Note Make(int id, int length)
        => new() { Id = id, Text = new string('x', length) };
}
