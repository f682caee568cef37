namespace Memento.Tests.Architecture;

/// <summary>A file of one room uses a type of another.</summary>
internal sealed record RoomUse(string From, string To, string Type, string File);
