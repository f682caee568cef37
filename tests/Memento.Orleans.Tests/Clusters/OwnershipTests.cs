using System.Net;
using Memento.Silos.Placement;

namespace Memento.Tests.Clusters;

/// <summary>Which silo should have which partition.</summary>
public sealed class OwnershipTests
{
    private static readonly (string Name, int Partitions)[][] TableSets =
    [
        [.. Enumerable.Range(0, 10).Select(static i => ($"Table{i}", 16))],
        [.. Enumerable.Range(0, 10).Select(static i => ($"{(char)('a' + i)}", 16))],
        [("Movie", 16)],
        [("Movie", 1), ("Actor", 64), ("Credit", 7)],
        [.. Enumerable.Range(0, 40).Select(static i => ($"Table{i}", 32))],
    ];

    [Fact]
    public void No_silo_has_more_than_a_quarter_above_the_mean()
    {
        foreach ((string Name, int Partitions)[] tables in TableSets)
        {
            for (int silos = 1; silos <= 20; silos++)
            {
                var owners = Ownership.Assign(tables, Silos(silos));
                int total = tables.Sum(static table => table.Partitions);
                Assert.Equal(total, owners.Count);
                double most = Math.Max(
                    1.25 * total / silos, Math.Ceiling((double)total / silos));
                Assert.All(
                    owners.Values.CountBy(static silo => silo),
                    each => Assert.True(
                        each.Value <= most, $"{each.Key} of {silos} has {each.Value}: {most}"));
            }
        }
    }

    [Fact]
    public void The_order_of_the_silos_does_not_matter()
    {
        SiloAddress[] silos = Silos(7);
        Assert.Equal(
            Ownership.Assign(TableSets[0], silos),
            Ownership.Assign(TableSets[0], [.. silos.Reverse()]));
    }

    [Fact]
    public void A_silo_that_joins_or_leaves_moves_at_most_twice_its_share()
    {
        // With fewer partitions a silo, each step of the bound moves more.
        const int LeastMean = 6;
        foreach ((string Name, int Partitions)[] tables in TableSets)
        {
            int total = tables.Sum(static table => table.Partitions);
            for (int silos = 1; silos < 20 && total / (silos + 1) >= LeastMean; silos++)
            {
                var few = Ownership.Assign(tables, Silos(silos));
                var more = Ownership.Assign(tables, Silos(silos + 1));
                int moved = few.Count(each => !more[each.Key].Equals(each.Value));
                int most = 2 * Ownership.Room(total, silos + 1);
                Assert.True(
                    moved <= most, $"{silos} to {silos + 1}: {moved} of {total}, not {most}");
            }
        }
    }

    [Fact]
    public void A_silo_that_starts_again_is_another_silo()
    {
        SiloAddress[] before = Silos(3);
        SiloAddress[] after =
            [before[0], before[1], SiloAddress.New(before[2].Endpoint, before[2].Generation + 1)];
        var owners = Ownership.Assign(TableSets[0], after);
        Assert.Contains(after[2], owners.Values);
        Assert.DoesNotContain(before[2], owners.Values);
    }

    private static SiloAddress[] Silos(int count)
        =>
        [
            .. Enumerable.Range(0, count).Select(static i => SiloAddress.New(
                new IPEndPoint(IPAddress.Loopback, 11111 + i), 100)),
        ];
}
